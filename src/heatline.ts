/**
 * The whole server as one thing that starts and stops.
 *
 * It starts in the order in which a market event travels and stops in reverse: log → symbol actors, recovered from it → snapshot
 * pool → supervisor → server → feed. The server listens before recovery begins and answers "not ready" until every book is there;
 * the feed runs only after that.
 */
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Subscription } from 'rxjs';
import { ActorSystem } from './actors/kernel/actor-system.ts';
import type { KernelEvent, KernelStats } from './actors/kernel/kernel-event.ts';
import { systemClock } from './actors/kernel/system-clock.ts';
import { NewsDesk } from './actors/news-desk.ts';
import { Places } from './actors/places.ts';
import type { SymbolFrame } from './actors/symbol-frame.ts';
import type { ClientSide } from './clients/client-side.ts';
import { LocalClients } from './clients/local-clients.ts';
import { pictureChannels } from './clients/picture-channels.ts';
import { ThreadedClients } from './clients/threaded-clients.ts';
import { NewsRelay } from './cluster/news-relay.ts';
import { ClusterSide } from './cluster-side.ts';
import type { Config } from './config.ts';
import type { Feed } from './feed/feed.ts';
import { HistoryDesk } from './history-desk.ts';
import { LocalMarket } from './local-market.ts';
import type { EventLog } from './log/event-log.ts';
import { kernelLines, poolLines } from './log-lines.ts';
import type { MarketSide } from './market-side.ts';
import { type ActorCensus, ActorCounts, addedCensus } from './metrics/actor-census.ts';
import type { Pool } from './metrics/stage-metrics.ts';
import { Metrics } from './metrics.ts';
import { ReplayDesk } from './replay-desk.ts';
import { ScoreDesk } from './score-desk.ts';
import { deskOf } from './server/front-desk.ts';
import { ServerStatus } from './server-status.ts';
import { closeSharedRedis, type SharedRedis } from './shared-redis.ts';
import type { FrameChannel } from './streams/frame-channel.ts';
import { sharedTick } from './streams/shared-tick.ts';
import { symbolObserver } from './symbol-observer.ts';
import { SymbolRegistry } from './symbol-registry.ts';
import { SymbolWriters } from './symbol-writers.ts';
import { Tracing, type TracingSink } from './tracing.ts';
import { HistoryPool } from './workers/history-pool.ts';
import { ReplayPool } from './workers/replay-pool.ts';
import { SnapshotPool } from './workers/snapshot-pool.ts';

export interface HeatlineOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** On this machine. */
  readonly log: EventLog;
  /** Whose log all servers share; null: this one is alone. */
  readonly redis: SharedRedis | null;
  readonly feedOf: (symbols: readonly string[]) => Feed;
  /** First part of the stream names: what is one stream and what another. */
  readonly streamPrefix: string;
  /** Where traces go; null: nobody asked for any. */
  readonly traces: TracingSink | null;
}

export class Heatline {
  readonly #options: HeatlineOptions;
  readonly #registry: SymbolRegistry;
  readonly #status: ServerStatus;
  readonly #system: ActorSystem;
  readonly #actors = new ActorCounts();
  readonly #channels: ReadonlyMap<string, FrameChannel<SymbolFrame>>;
  readonly #news: NewsDesk;
  /** Null: this server is alone. */
  readonly #relay: NewsRelay | null;
  readonly #pool: SnapshotPool;
  readonly #history: HistoryPool;
  readonly #replays: ReplayPool;
  readonly #scores: ScoreDesk;
  readonly #writers: SymbolWriters;
  readonly #clients: ClientSide;
  readonly #market: MarketSide;
  readonly #metrics: Metrics;
  readonly #tracing: Tracing | null;
  #ticks: Subscription | null = null;

  constructor(options: HeatlineOptions) {
    this.#options = options;
    const { config, logger, redis } = options;
    const feed = options.feedOf(config.symbols);
    this.#registry = new SymbolRegistry(config.symbols, redis !== null);
    this.#channels = pictureChannels(config, (name) => ({
      settled: (tick, frame) => {
        this.#clients.settled(name, tick, frame);
        this.#market.settled(name, tick, frame);
      },
    }));
    this.#news = new NewsDesk({
      symbols: config.pictureNames,
      recentLiquidations: config.recentLiquidations,
      told: (news) => {
        this.#clients.told(news);
        this.#relay?.told(news);
      },
    });
    const poolOptions = <O>(pool: Pool, own: O) => ({
      ...own,
      observe: poolLines(logger),
      timed: (waitedMs: number, tookMs: number) => this.#metrics.stages.timed(pool, waitedMs, tookMs),
    });
    this.#pool = new SnapshotPool(poolOptions('snapshot', config.snapshotPool));
    this.#history = new HistoryPool(poolOptions('history', config.history.pool));
    this.#replays = new ReplayPool(poolOptions('replay', config.replay.pool));
    this.#scores = new ScoreDesk({ config, logger, feed, registry: this.#registry, news: () => this.#news });
    const kernel = kernelLines(logger);
    const observe = (event: KernelEvent) => {
      this.#actors.observe(event);
      kernel(event);
    };
    this.#system = new ActorSystem({ clock: systemClock, scheduler: config.scheduler, observe });
    this.#status = new ServerStatus({
      version: config.version,
      feed,
      registry: this.#registry,
      clientTotals: () => this.#clients.totals(),
      clusterStats: () => this.#market.stats(),
      redis: redis && { node: redis.node, durability: redis.durability.text },
      maxConnections: config.maxConnections,
      history: this.#makeHistoryDesk(feed),
      scores: this.#scores,
      metrics: () => this.#metrics.text(),
    });
    this.#clients = this.#makeClients();
    this.#tracing = options.traces === null ? null : new Tracing(options.traces);
    if (this.#tracing !== null) this.#clients.whenWritten((at) => this.#tracing?.written(at));
    this.#metrics = new Metrics({
      version: config.version,
      source: feed.name,
      venues: () => feed.listening?.venues() ?? {},
      clientTotals: () => this.#clients.totals(),
      registry: this.#registry,
      kernel: () => this.#system.stats(),
      actors: () => this.#actors.census(this.#system),
      snapshots: this.#pool,
      history: this.#history,
      encodes: () => this.#status.encodes,
      isReady: () => this.#status.isReady() && !this.#status.isStopping(),
    });
    this.#writers = this.#makeWriters(feed);
    this.#relay = redis === null ? null : this.#makeRelay(redis);
    this.#market = this.#makeMarket(feed);
  }

  /** Resolves when every book is recovered and the feed runs. @throws {ListenError} or what recovery failed of. */
  async start(): Promise<AddressInfo> {
    const { config } = this.#options;
    const address = await this.#clients.listen();
    this.#ticks = sharedTick(config.tickMs).subscribe((tick) => this.#writers.tick(tick));
    await this.#relay?.start();
    await this.#market.start();
    this.#status.becomeReady();
    return address;
  }

  /** Stops taking observations and clients, finishes the commit under way, says goodbye, and lets go of everything. */
  async stop(): Promise<void> {
    const { log, redis } = this.#options;
    this.#status.beginStopping();
    this.#clients.beginStopping();
    await this.#market.endFeed();
    await Promise.all([this.#market.finish(), this.#clients.sayGoodbye()]);
    this.#ticks?.unsubscribe();
    await this.#clients.stop();
    await this.#system.stop();
    await this.#pool.close();
    await this.#history.close();
    await this.#replays.close();
    await this.#scores.close();
    if (redis !== null) await closeSharedRedis(redis);
    await log.close();
    await this.#tracing?.stop();
  }

  /** For the report of a crash: at once, whatever state it is in. */
  describe(): { readonly kernel: KernelStats; readonly actors: ActorCensus } {
    const actors = addedCensus(this.#actors.census(this.#system), this.#clients.census());
    return { kernel: this.#system.stats(), actors };
  }

  #streamOf(symbol: string): string {
    return `${this.#options.streamPrefix}:${symbol}`;
  }

  #makeRelay({ client, subscriber, log }: SharedRedis): NewsRelay {
    const { config, logger } = this.#options;
    return new NewsRelay({
      client,
      subscriber,
      prefix: config.redis.prefix,
      names: config.pictureNames,
      log,
      streamOf: (symbol) => this.#streamOf(symbol),
      newsOf: (name) => this.#writers.liquidationsOf(name),
      isWritten: (symbol) => this.#writers.actors.has(symbol),
      tell: (message) => this.#news.tell(message),
      failed: (name, err) => logger.debug({ event: 'news_relay_failed', name, err }),
    });
  }

  #makeMarket(feed: Feed): MarketSide {
    const { config, logger, log, redis, feedOf } = this.#options;
    const common = {
      logger,
      registry: this.#registry,
      writers: this.#writers,
      streamOf: (symbol: string) => this.#streamOf(symbol),
      stats: () => this.#status.stats(),
    };
    if (redis === null) return new LocalMarket({ ...common, feed });
    return new ClusterSide({
      ...common,
      config,
      redis,
      mirror: log,
      channels: this.#channels,
      feedOf,
      metrics: this.#metrics.stages,
    });
  }

  #makeHistoryDesk(feed: Feed): HistoryDesk {
    const { config } = this.#options;
    return new HistoryDesk({
      symbols: config.symbols,
      venues: config.venues,
      pool: this.#history,
      directory: config.eventLog.directory,
      pastOf: (symbol) => this.#market.pastOf(symbol),
      range: config.snapshotRange,
      maxBytes: config.history.maxBytes,
      retryAfterSeconds: config.history.retryAfterSeconds,
      source: feed,
      version: config.version,
    });
  }

  #makeReplayDesk(): ReplayDesk {
    const { config } = this.#options;
    return new ReplayDesk({
      pool: this.#replays,
      directory: config.eventLog.directory,
      pastOf: (symbol) => this.#market.pastOf(symbol),
      range: config.snapshotRange,
    });
  }

  #makeClients(): ClientSide {
    const { config, logger } = this.#options;
    const common = {
      config,
      logger,
      channels: this.#channels,
      news: this.#news,
      desk: deskOf(this.#status),
      replays: this.#makeReplayDesk(),
    };
    if (config.connectionThreads === 1)
      return new LocalClients({ ...common, places: new Places(config.maxConnections) });
    const gaveUp = (error: Error) =>
      this.#registry.addProblem('clients', `a connection thread is not started again: ${error.message}`);
    return new ThreadedClients({ ...common, gaveUp });
  }

  #makeWriters(source: Feed): SymbolWriters {
    const { config, logger, log, redis } = this.#options;
    return new SymbolWriters({
      config,
      logger,
      system: this.#system,
      registry: this.#registry,
      channels: this.#channels,
      news: this.#news,
      streamOf: (symbol) => this.#streamOf(symbol),
      log: redis?.log ?? log,
      render: (job) => this.#pool.render(job),
      source,
      score: this.#scores.scoring(),
      observer: symbolObserver({
        logger,
        registry: this.#registry,
        status: this.#status,
        stages: this.#metrics.stages,
        recovered: (symbol) => this.#market.recovered(symbol),
        tracing: this.#tracing,
      }),
      lost: (symbol, error) => {
        logger.error({ event: 'symbol_lost', symbol, err: error });
        this.#market.givenUp(symbol, error);
      },
    });
  }
}
