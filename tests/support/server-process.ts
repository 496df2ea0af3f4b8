/** The real server in a process of its own, on a free port of loopback, with a log directory of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type LogLine = Record<string, unknown> & { event?: string };

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
/** What `npm start` gives to V8. */
export const startFlags: readonly string[] = scripts.start.split(' ').filter((word: string) => word.startsWith('--'));

/** Removed by `dispose` of whoever made it. */
export async function temporaryDirectory(): Promise<{ path: string; dispose(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'heatline-test-'));
  return { path, dispose: () => rm(path, { recursive: true, force: true }) };
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A test that fails half-way must not leave a server behind. */
const living = new Set<ChildProcess>();
export function endServers(): void {
  for (const child of living) child.kill('SIGKILL');
}

export class ServerProcess {
  readonly lines: LogLine[] = [];
  /** Whole standard output. */
  output = '';
  /** Whole standard error. */
  errors = '';
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  #waiting: { event: string; resolve: (line: LogLine) => void; reject: (error: Error) => void }[] = [];

  /**
   * @param settings environment variables beside the test's own defaults.
   * @param program what is started with the flags, and where; the sources unless given.
   */
  constructor(
    settings: Record<string, string>,
    argv: readonly string[] = [],
    program = { file: main, cwd: projectRoot },
  ) {
    this.#child = spawn(process.execPath, [...startFlags, program.file, ...argv], {
      cwd: program.cwd,
      env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', SIMULATED_HISTORY: '0', ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    living.add(this.#child);
    this.#child.once('exit', () => living.delete(this.#child));
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.#take(line));
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text;
    });
    this.exited = new Promise((resolve) => {
      // After the pipes are drained, so that nothing said is missed.
      this.#child.once('close', (code, signal) => {
        for (const { event, reject } of this.#waiting) reject(new Error(`ended before '${event}': ${this.errors}`));
        this.#waiting = [];
        resolve({ code, signal });
      });
    });
  }

  static async started(settings: Record<string, string>, argv: readonly string[] = []): Promise<ServerProcess> {
    const server = new ServerProcess(settings, argv);
    await server.line('ready');
    return server;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get port(): number {
    return Number(this.lines.find(({ event }) => event === 'ready')!.port);
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/ws/heatmap`;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The first log line of this event, past or to come. */
  line(event: string): Promise<LogLine> {
    const past = this.lines.find((line) => line.event === event);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve, reject) => this.#waiting.push({ event, resolve, reject }));
  }

  async json<T = Record<string, unknown>>(path: string): Promise<T> {
    return (await fetch(this.origin + path)).json() as Promise<T>;
  }

  async text(path: string): Promise<string> {
    return (await fetch(this.origin + path)).text();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    this.signal(signal);
    return this.exited;
  }

  #take(text: string): void {
    this.output += `${text}\n`;
    let line: LogLine;
    try {
      line = JSON.parse(text);
    } catch {
      return;
    }
    this.lines.push(line);
    for (const waiting of this.#waiting) if (waiting.event === line.event) waiting.resolve(line);
    this.#waiting = this.#waiting.filter(({ event }) => event !== line.event);
  }
}
