/**
 * One data directory and a server that is killed over it again and again, under load and with clients that come back each time.
 *
 * After every death a copy of the log is audited, so that the next life begins from exactly what the kill left. The last life ends by
 * itself: then every client has come to the server's state once more.
 */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SqliteEventLog } from '../../src/workers/sqlite-event-log.ts';
import { ServerProcess } from '../../tests/support/server-process.ts';
import { type KillPlan, killPlan, longestLoadMs, type PlannedLife } from './kill-plan.ts';
import { auditStream, pictureRange } from './stream-audit.ts';
import { within } from './within.ts';
import { Witness } from './witness.ts';
import { WitnessClient } from './witness-client.ts';

export interface KillHistoryOptions {
  readonly seed: number;
  readonly mostKills: number;
  /** Candle files by symbol. */
  readonly candles: ReadonlyMap<string, string>;
  /** Empty, and this history's own. */
  readonly directory: string;
}

const patienceMs = 60_000;
/** Levels of log lines: nothing that happens here is worth a warning. */
const warnLevel = 40;
const maxPending = 1024;

export class KillHistory {
  kills = 0;
  /** Kills after which nothing new was in the log. */
  idle = 0;
  /** Pictures that clients had when they came back. */
  resumed = 0;
  /** Events that were in the log in the end. */
  events = 0;
  readonly witness: Witness;
  readonly plan: KillPlan;
  readonly #options: KillHistoryOptions;
  readonly #dataDirectory: string;
  readonly #clients: { readonly whole: WitnessClient; readonly steady: WitnessClient; readonly jumpy: WitnessClient };
  /** Events by symbol at the last audit. */
  #versions = new Map<string, number>();

  constructor(options: KillHistoryOptions) {
    this.#options = options;
    this.plan = killPlan(options.seed, options.candles);
    this.#dataDirectory = join(options.directory, 'data');
    this.witness = new Witness(this.plan.symbols);
    this.#clients = {
      whole: new WitnessClient('snapshot', this.witness),
      steady: new WitnessClient('delta', this.witness),
      jumpy: new WitnessClient('delta', this.witness),
    };
  }

  /** @throws what broke, with the seed, the life and the place of the log. */
  async play(killed: () => void): Promise<void> {
    mkdirSync(this.#dataDirectory);
    try {
      for (const life of this.plan.lives.slice(0, this.#options.mostKills)) {
        await this.#live((server) => this.#untilKilled(server, life));
        if (!(await this.#audit())) this.idle++;
        this.kills++;
        killed();
      }
      await this.#live((server) => this.#untilStopped(server));
      await this.#audit();
    } catch (cause) {
      const what = cause instanceof Error ? cause.message : String(cause);
      const place = `seed ${this.#options.seed}, life ${this.kills + 1} (${this.plan.name})`;
      throw new Error(`${place}: ${what}. The log is in ${this.#dataDirectory}`, { cause });
    }
    this.events = [...this.#versions.values()].reduce((sum, version) => sum + version, 0);
    this.resumed = this.#clients.steady.resumed + this.#clients.jumpy.resumed;
  }

  async #live(until: (server: ServerProcess) => Promise<void>): Promise<void> {
    const server = new ServerProcess({
      DATA_DIR: this.#dataDirectory,
      CHECKPOINT_EVENTS: '1000',
      WS_UPDATE_INTERVAL: '0.05',
      SNAPSHOT_RANGE: String(pictureRange),
      // A machine that does much else is no reason to replace a worker, or to refuse a client.
      SNAPSHOT_TIMEOUT: '60',
      WS_MAX_LOOP_LAG: '60',
      // So that it ends with this process, however that ends.
      npm_lifecycle_event: 'torture',
      ...this.plan.settings,
    });
    try {
      await until(server);
    } finally {
      await server.stop('SIGKILL');
      for (const client of Object.values(this.#clients)) await client.cut();
    }
    this.witness.endLife();
    for (const client of Object.values(this.#clients)) client.check();
    this.#checkLines(server);
  }

  async #untilKilled(server: ServerProcess, life: PlannedLife): Promise<void> {
    if (life.from !== 'start') await this.#arrive(server, life.from === 'moving');
    if (life.from === 'start' || life.reconnectAfterMs >= life.killAfterMs) {
      await pause(life.killAfterMs);
    } else {
      await pause(life.reconnectAfterMs);
      await this.#clients.jumpy.cut();
      await this.#clients.jumpy.connect(server.url);
      await pause(life.killAfterMs - life.reconnectAfterMs);
    }
    if (life.isKilledAtPicture) await Promise.race([this.#clients.steady.heard(), pause(longestLoadMs)]);
    const { code, signal } = await server.stop('SIGKILL');
    if (signal !== 'SIGKILL') throw new Error(`the server ended by itself with ${code}: ${server.errors}`);
  }

  async #untilStopped(server: ServerProcess): Promise<void> {
    await this.#arrive(server, false);
    const { code, signal } = await within('the stop', patienceMs, server.stop());
    if (code !== 0) throw new Error(`the server stopped with ${code ?? signal}: ${server.errors}`);
  }

  /** Everybody comes back with what they have, and comes to where the server is. */
  async #arrive(server: ServerProcess, isMoving: boolean): Promise<void> {
    await within('the server to be ready', patienceMs, server.line('ready'));
    const { whole, steady, jumpy } = this.#clients;
    await Promise.all([whole, steady, jumpy].map((client) => client.connect(server.url)));
    const now = await whole.first();
    await Promise.all([steady.arrived(now), jumpy.arrived(now)]);
    if (isMoving) await Promise.race([whole.moved(now), server.line('feed_exhausted')]);
  }

  #checkLines({ lines, errors }: ServerProcess): void {
    for (const line of lines) {
      if (Number(line.level) >= warnLevel) throw new Error(`the server says ${JSON.stringify(line)}`);
      if (line.event !== 'recovered') continue;
      const symbol = String(line.symbol);
      this.witness.named(symbol, String(line.epoch));
      const version = this.#versions.get(symbol) ?? 0;
      if (line.seq !== version) throw new Error(`${symbol} recovered ${line.seq} events of ${version}`);
    }
    if (errors !== '') throw new Error(`the server says ${errors}`);
  }

  /** On a copy: opening a log mends what a kill left. @returns whether it has grown. */
  async #audit(): Promise<boolean> {
    const copy = join(this.#options.directory, 'copy');
    cpSync(this.#dataDirectory, copy, { recursive: true });
    const log = await SqliteEventLog.open({ directory: copy, maxPending, onLost() {} });
    const before = this.#versions;
    this.#versions = new Map();
    try {
      for (const [symbol, { epoch, pictures }] of this.witness.streams) {
        const stream = `${this.plan.streamPrefix}:${symbol}`;
        const version = await auditStream(log, { stream, symbol, epoch, pictures });
        this.#versions.set(symbol, version);
      }
    } finally {
      await log.close();
    }
    rmSync(copy, { recursive: true });
    return [...this.#versions].some(([symbol, version]) => version > (before.get(symbol) ?? 0));
  }
}
