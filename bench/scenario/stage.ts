/** The processes of a scenario: a paced server on one core, loads on the other. */
import { fileURLToPath } from 'node:url';
import { LineProcess } from '../line-process.ts';
import type { LoadReport, OpenReport } from './load.ts';
import type { PacedServerOptions, PacedTotals } from './paced-server.ts';

const fileOf = (name: string) => fileURLToPath(new URL(`./${name}.ts`, import.meta.url));

export class Stage implements AsyncDisposable {
  readonly #processes: LineProcess[] = [];
  #server!: LineProcess;
  port = '';

  /** @param prefix what the command is run through, such as `ip netns exec NAME`. */
  static async begin(options: PacedServerOptions, prefix: readonly string[] = []): Promise<Stage> {
    const stage = new Stage();
    const command = [...prefix, process.execPath, '--expose-gc', fileOf('paced-server'), JSON.stringify(options)];
    stage.#server = stage.#start(0, command);
    stage.port = (await stage.#server.line()).split(' ')[1]!;
    return stage;
  }

  async load(clients: number, host = '127.0.0.1', prefix: readonly string[] = []): Promise<Load> {
    const process_ = this.#start(1, [...prefix, process.execPath, fileOf('load'), host, this.port]);
    await process_.line();
    const load = new Load(process_);
    if (clients > 0) await load.open(clients);
    return load;
  }

  totals(): Promise<PacedTotals> {
    return this.#server.askJson('totals');
  }

  /** After a garbage collection. */
  collected(): Promise<PacedTotals> {
    return this.#server.askJson('collect');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process_ of this.#processes.reverse()) await process_.end();
  }

  #start(core: number, command: readonly string[]): LineProcess {
    const process_ = new LineProcess(core, command);
    this.#processes.push(process_);
    return process_;
  }
}

export class Load {
  readonly #process: LineProcess;

  constructor(process_: LineProcess) {
    this.#process = process_;
  }

  open(count: number): Promise<OpenReport> {
    return this.#process.askJson(`open ${count}`);
  }

  mark(): Promise<unknown> {
    return this.#process.askJson('mark');
  }

  report(): Promise<LoadReport> {
    return this.#process.askJson('report');
  }

  pause(count: number): Promise<unknown> {
    return this.#process.askJson(`pause ${count}`);
  }

  resume(count: number): Promise<unknown> {
    return this.#process.askJson(`resume ${count}`);
  }

  drop(count: number): Promise<unknown> {
    return this.#process.askJson(`drop ${count}`);
  }
}
