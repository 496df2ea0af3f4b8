/** The real server as a process, and a process of clients and questions on another core. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { get } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startFlags } from '../../tests/support/server-process.ts';
import { LineProcess } from '../line-process.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const loadFile = fileURLToPath(new URL('./history-load.ts', import.meta.url));

export class HistoryServer implements AsyncDisposable {
  readonly #child: ChildProcess;
  port = 0;

  private constructor(core: number | null, settings: Record<string, string>) {
    const argv = [...startFlags, main];
    const env = { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', ...settings };
    const options: SpawnOptions = { env, stdio: ['ignore', 'pipe', 'inherit'] };
    this.#child =
      core === null
        ? spawn(process.execPath, argv, options)
        : spawn('taskset', ['-c', String(core), process.execPath, ...argv], options);
  }

  /** @param core all of its threads run on it; null: on any. */
  static async begin(core: number | null, settings: Record<string, string>): Promise<HistoryServer> {
    const server = new HistoryServer(core, settings);
    server.port = await new Promise<number>((resolve, reject) => {
      server.#child.once('exit', () => reject(new Error('the server ended')));
      createInterface({ input: server.#child.stdout! }).on('line', (line) => {
        const { event, port } = JSON.parse(line) as { event?: string; port?: number };
        if (event === 'ready') resolve(port!);
      });
    });
    return server;
  }

  async hasPlayed(symbols: readonly string[], marketTime: number): Promise<void> {
    for (;;) {
      const health = await fetch(`http://127.0.0.1:${this.port}/health`);
      const { symbols: states } = (await health.json()) as { symbols: Record<string, { market_time: string | null }> };
      if (symbols.every((symbol) => Date.parse(states[symbol]?.market_time ?? '') >= marketTime)) return;
      await setTimeout(50);
    }
  }

  /** Read as cheaply as it can be, or the reader would be measured. @returns bytes of the answer. */
  history(query: string): Promise<number> {
    const path = `/liquidations/heatmap-timeseries?${query}`;
    return new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port: this.port, path, agent: false }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${path} was answered ${response.statusCode}`));
        let bytes = 0;
        response.on('data', (piece: Buffer) => {
          bytes += piece.length;
        });
        response.once('end', () => resolve(bytes));
        response.once('error', reject);
      }).once('error', reject);
    });
  }

  async clients(core: number, count: number): Promise<HistoryLoad> {
    const load = new LineProcess(core, [process.execPath, loadFile, String(this.port), String(count)]);
    await load.line();
    return new HistoryLoad(load);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }
}

export class HistoryLoad implements AsyncDisposable {
  readonly #process: LineProcess;

  constructor(process_: LineProcess) {
    this.#process = process_;
  }

  /** Of the age of the data on arrival since the last report, ms. */
  report(): Promise<{ p99: number }> {
    return this.#process.askJson('report');
  }

  /** Questions, so many at a time, for so long. @returns how many were answered. */
  async asking(atATime: number, forMs: number): Promise<number> {
    return (await this.#process.askJson<{ answered: number }>(`ask ${atATime} ${forMs}`)).answered;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#process.end();
  }
}
