/** A process of a benchmark, pinned to a core, that is spoken to in lines. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export class LineProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(core: number, command: readonly string[]) {
    this.#child = spawn('taskset', ['-c', String(core), ...command], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
    // Whoever waits for its next line hears that it is gone.
    this.#child.stdin!.on('error', () => {});
  }

  /** `taskset` replaces itself with the command. */
  get pid(): number {
    return this.#child.pid!;
  }

  /** Nothing that it still says matters. */
  drain(): void {
    this.#child.stdout!.resume();
  }

  /** @throws when it has ended. */
  async line(): Promise<string> {
    const next = await this.#lines.next();
    if (next.done === true) throw new Error(`${this.#child.spawnargs.join(' ')} ended`);
    return next.value;
  }

  say(line: string): void {
    this.#child.stdin!.write(`${line}\n`);
  }

  ask(line: string): Promise<string> {
    this.say(line);
    return this.line();
  }

  async askJson<T>(line: string): Promise<T> {
    return JSON.parse(await this.ask(line)) as T;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    // Some would wait for their clients or their standard input.
    this.#child.kill('SIGKILL');
    await ended;
  }
}
