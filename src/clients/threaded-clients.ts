/**
 * Clients on several connection threads. The system spreads new connections over them, since all listen on the same port; no socket
 * ever changes its thread. What settles in one turn goes to all threads in one message.
 *
 * A thread that dies takes its own clients with it; they come back to the others while it is started again.
 */
import { type AddressInfo, createServer } from 'node:net';
import type { Logger } from 'pino';
import { answerFailure } from '../actors/kernel/supervision.ts';
import type { NewsDesk } from '../actors/news-desk.ts';
import { Places } from '../actors/places.ts';
import type { ReplaySource } from '../actors/replay-source.ts';
import type { SymbolFrame } from '../actors/symbol-frame.ts';
import type { NewsMessage, SymbolNews } from '../actors/symbol-news.ts';
import type { Config } from '../config.ts';
import { serverLines } from '../log-lines.ts';
import { type ActorCensus, addedCensus } from '../metrics/actor-census.ts';
import { lagging } from '../metrics/client-stages.ts';
import { addedTallies, addedTalliesByName, Tally } from '../metrics/tally.ts';
import { addedCounts } from '../protocol/added-counts.ts';
import type { AdminRoom } from '../server/admin/admin-room.ts';
import type { FrontDesk } from '../server/front-desk.ts';
import { ListenError } from '../server/listen-error.ts';
import type { FrameChannel } from '../streams/frame-channel.ts';
import { adminRoomOf } from './admin-room-of.ts';
import type { ClientSide, ClientTotals } from './client-side.ts';
import { ConnectionThread } from './connection-thread-handle.ts';
import { type Settlement, sharedFrame } from './thread-messages.ts';

export interface ThreadedClientsOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly channels: ReadonlyMap<string, FrameChannel<SymbolFrame>>;
  readonly news: NewsDesk;
  readonly desk: FrontDesk;
  readonly replays: ReplaySource;
  /** A thread died too often and is not started again. */
  readonly gaveUp: (error: Error) => void;
}

const supervision = {
  onFailure: 'restart',
  maxRestarts: 5,
  withinMs: 60_000,
  backoffMs: { first: 100, max: 5_000 },
} as const;

const noTally = new Tally().counts();
const noTotals: ClientTotals = {
  active: 0,
  slow: 0,
  sent: 0,
  sentLastMinute: 0,
  dropped: 0,
  deltasEncoded: 0,
  subscriptions: {},
  newsSubscriptions: {},
  sentBySymbol: {},
  slowBySymbol: {},
  refusals: {},
  verdicts: {},
  stages: { first_write: noTally, last_write: noTally, acknowledgement: noTally },
  loopLag: noTally,
  lagging: lagging([]),
  actors: {},
};

export class ThreadedClients implements ClientSide {
  readonly #options: ThreadedClientsOptions;
  readonly #places: SharedArrayBuffer;
  /** By number; none while it is being started again. */
  readonly #threads = new Map<number, ConnectionThread>();
  /** Of this turn. */
  #settlements: Settlement[] = [];
  #news: NewsMessage[] = [];
  #port = 0;
  readonly #room: AdminRoom | null;
  #isStopping = false;

  constructor(options: ThreadedClientsOptions) {
    this.#options = options;
    const { config, logger } = options;
    this.#room = config.admin === null ? null : adminRoomOf(config, logger, config.connectionThreads);
    this.#places = Places.memoryFor(options.config.connectionThreads);
  }

  async listen(): Promise<AddressInfo> {
    const { config } = this.#options;
    // Threads may share a port, and so might another program's. One that listens alone for a moment finds out.
    this.#port = await freePort(config.host, config.port);
    for (let thread = 0; thread < config.connectionThreads; thread++) this.#start(thread, []);
    const addresses = await Promise.all([...this.#threads.values()].map((thread) => thread.listening));
    return addresses[0]!;
  }

  async totals(): Promise<ClientTotals> {
    const all = await Promise.all([...this.#threads.values()].map((thread) => thread.totals().catch(() => noTotals)));
    return all.reduce(added, noTotals);
  }

  /** Other threads are not asked: they would have to answer. */
  census(): ActorCensus {
    return {};
  }

  beginStopping(): void {
    this.#isStopping = true;
    for (const thread of this.#threads.values()) thread.tell({ type: 'begin_stopping' });
  }

  async sayGoodbye(): Promise<void> {
    await Promise.all([...this.#threads.values()].map((thread) => thread.sayGoodbye()));
  }

  async stop(): Promise<void> {
    this.#room?.stop();
    await Promise.all([...this.#threads.values()].map((thread) => thread.stop()));
  }

  settled(symbol: string, tick: number, frame: SymbolFrame | undefined): void {
    const settlement = { symbol, tick, frame: frame === undefined ? null : sharedFrame(frame) };
    this.#tellSoon();
    this.#settlements.push(settlement);
  }

  told(news: SymbolNews): void {
    this.#tellSoon();
    this.#news.push(news.message);
  }

  /** What other threads write they do not tell. */
  whenWritten(): void {}

  /** Asked before anything is added. */
  #tellSoon(): void {
    if (this.#settlements.length + this.#news.length === 0) process.nextTick(() => this.#tellThreads());
  }

  #tellThreads(): void {
    const settlements = this.#settlements;
    const news = this.#news;
    this.#settlements = [];
    this.#news = [];
    for (const thread of this.#threads.values()) thread.tell({ type: 'settled', settlements, news });
  }

  #start(number: number, restarts: number[]): void {
    const { channels, news, desk, logger, replays } = this.#options;
    const config = { ...this.#options.config, port: this.#port };
    const data = { config, thread: number, places: this.#places };
    const { failed } = serverLines(logger);
    const thread = new ConnectionThread({ data, channels, news, desk, replays, failed }, (error) => {
      this.#threads.delete(number);
      if (error === null || this.#isStopping) return;
      logger.error({ event: 'connection_thread_lost', thread: number, err: error });
      new Places(config.maxConnections, this.#places, number).freeAll();
      const answer = answerFailure(supervision, restarts, performance.now(), false);
      if (answer.action === 'restart') setTimeout(() => this.#restart(number, restarts), answer.afterMs);
      else this.#options.gaveUp(error);
    });
    this.#threads.set(number, thread);
  }

  #restart(number: number, restarts: number[]): void {
    if (!this.#isStopping) this.#start(number, restarts);
  }
}

/** @throws {ListenError} */
function freePort(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => reject(new ListenError(host, port, error)));
    probe.listen({ host, port }, () => {
      const { port: found } = probe.address() as AddressInfo;
      probe.close(() => resolve(found));
    });
  });
}

function added(a: ClientTotals, b: ClientTotals): ClientTotals {
  return {
    active: a.active + b.active,
    slow: a.slow + b.slow,
    sent: a.sent + b.sent,
    sentLastMinute: a.sentLastMinute + b.sentLastMinute,
    dropped: a.dropped + b.dropped,
    deltasEncoded: a.deltasEncoded + b.deltasEncoded,
    subscriptions: addedCounts(a.subscriptions, b.subscriptions),
    newsSubscriptions: addedCounts(a.newsSubscriptions, b.newsSubscriptions),
    sentBySymbol: addedCounts(a.sentBySymbol, b.sentBySymbol),
    slowBySymbol: addedCounts(a.slowBySymbol, b.slowBySymbol),
    refusals: addedCounts(a.refusals, b.refusals),
    verdicts: addedCounts(a.verdicts, b.verdicts),
    stages: addedTalliesByName(a.stages, b.stages),
    loopLag: addedTallies(a.loopLag, b.loopLag),
    lagging: a.lagging.map((count, age) => count + b.lagging[age]!),
    actors: addedCensus(a.actors, b.actors),
  };
}
