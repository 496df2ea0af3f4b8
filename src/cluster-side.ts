/**
 * This node among others that share a log in Redis. For each symbol it either writes, because it holds the lease, or shows what the
 * writer shows; which of both may change at any time.
 */
import type { Logger } from 'pino';
import { FeedPump } from './actors/feed-pump.ts';
import { systemClock } from './actors/kernel/system-clock.ts';
import type { SymbolFrame } from './actors/symbol-frame.ts';
import type { FrameHeader } from './cluster/frame-codec.ts';
import { FrameFollower } from './cluster/frame-follower.ts';
import { FrameInbox } from './cluster/frame-inbox.ts';
import { FramePublisher, frameChannel } from './cluster/frame-publisher.ts';
import { LogMirror, type MirrorPlace } from './cluster/log-mirror.ts';
import { addedStats, NodeBoard } from './cluster/node-board.ts';
import { SymbolLease } from './cluster/symbol-lease.ts';
import type { Config } from './config.ts';
import type { Feed } from './feed/feed.ts';
import type { EventLog } from './log/event-log.ts';
import { redisKeys } from './log/redis-keys.ts';
import { picturedBy, pictureNames } from './market/picture-name.ts';
import type { MarketSide } from './market-side.ts';
import type { Past } from './past.ts';
import type { StatsView } from './protocol/http-view.ts';
import type { SharedRedis } from './shared-redis.ts';
import type { FrameChannel } from './streams/frame-channel.ts';
import type { SymbolRegistry } from './symbol-registry.ts';
import type { SymbolWriters } from './symbol-writers.ts';

export interface ClusterSideOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly redis: SharedRedis;
  /** Of this node, on its disk. */
  readonly mirror: EventLog;
  readonly registry: SymbolRegistry;
  readonly channels: ReadonlyMap<string, FrameChannel<SymbolFrame>>;
  readonly writers: SymbolWriters;
  readonly streamOf: (symbol: string) => string;
  readonly feedOf: (symbols: readonly string[]) => Feed;
  readonly stats: () => Promise<StatsView>;
  readonly metrics: ClusterMetrics;
}

export interface ClusterMetrics {
  relayed(symbol: string, seconds: number): void;
  hopped(symbol: string, seconds: number): void;
}

/** One symbol as this node has it. */
interface Station {
  readonly symbol: string;
  readonly stream: string;
  /** By the name of the pictures: all venues together, and each. */
  readonly followers: ReadonlyMap<string, FrameFollower>;
  readonly lease: SymbolLease;
  readonly mirror: LogMirror;
  pump: FeedPump | null;
  isWritten: boolean;
  place: MirrorPlace | null;
}

/** Silences are looked for this often. */
const checkMs = 250;
/** A writer tells at every tick that it is there, and its lease may pass to another. */
const staleAfterLeases = 2;

export class ClusterSide implements MarketSide {
  readonly #options: ClusterSideOptions;
  readonly #stations = new Map<string, Station>();
  readonly #publisher: FramePublisher;
  readonly #board: NodeBoard;
  readonly #inbox = new FrameInbox();
  readonly #abort = new AbortController();
  readonly #running: Promise<void>[] = [];
  #checks: NodeJS.Timeout | undefined;

  constructor(options: ClusterSideOptions) {
    this.#options = options;
    const { config, redis, logger, registry, metrics } = options;
    const { client, node } = redis;
    const { prefix } = config.redis;
    this.#publisher = new FramePublisher({
      client,
      prefix,
      node,
      recentPictures: config.recentPictures,
      describe: (name) => registry.description(picturedBy(name).symbol),
      published: (symbol, ms) => metrics.relayed(symbol, ms / 1000),
      failed: (symbol, err) => logger.debug({ event: 'relay_failed', symbol, err }),
    });
    this.#board = new NodeBoard({
      client,
      prefix,
      node,
      clock: systemClock,
      stats: options.stats,
      failed: (err) => logger.debug({ event: 'node_board_failed', err }),
    });
    for (const symbol of config.symbols) this.#stations.set(symbol, this.#station(symbol));
  }

  /** Resolves when every symbol is shown or written here. */
  async start(): Promise<void> {
    const { redis, config, registry } = this.#options;
    const { subscriber } = redis;
    const { prefix } = config.redis;
    const byChannel = new Map(this.#followers().map(([name, follower]) => [frameChannel(prefix, name), follower]));
    subscriber.on('smessageBuffer', (channel: Buffer, message: Buffer) => {
      const follower = byChannel.get(channel.toString());
      if (follower !== undefined) this.#inbox.take(follower, message);
    });
    for (const channel of byChannel.keys()) await subscriber.ssubscribe(channel);
    // Whatever was said while there was no subscription is found again.
    subscriber.on('ready', () => {
      for (const [, follower] of this.#followers()) follower.resubscribed();
    });
    const { signal } = this.#abort;
    for (const [, follower] of this.#followers()) follower.begin();
    for (const { lease, mirror } of this.#stations.values()) {
      this.#running.push(lease.run(signal), mirror.run(signal));
    }
    this.#running.push(this.#board.run(signal));
    this.#checks = setInterval(() => {
      for (const [, follower] of this.#followers()) follower.check();
    }, checkMs);
    await registry.allRecovered;
  }

  /** A picture of a tick is done, here or elsewhere. */
  settled(name: string, tick: number, frame: SymbolFrame | undefined): void {
    const { isWritten } = this.#stations.get(picturedBy(name).symbol)!;
    if (isWritten) this.#publisher.publish(name, this.#options.streamOf(name), tick, frame);
  }

  /** A symbol's book is there: its source may begin. */
  recovered(symbol: string): void {
    const station = this.#stations.get(symbol)!;
    // After a failure of its actor the pump goes on as it was.
    if (!station.isWritten || station.pump !== null) return;
    const { writers, feedOf, logger, registry } = this.#options;
    const pump = new FeedPump(feedOf([symbol]), writers.actors);
    station.pump = pump;
    void pump.run(writers.resumePoints([symbol])).then((end) => {
      if (end.outcome !== 'failed') {
        logger.info({ event: `feed_${end.outcome}`, symbol, observations: pump.observations });
        return;
      }
      const text = end.error instanceof Error ? end.error.message : String(end.error);
      if (station.pump === pump) registry.addProblem(`feed ${symbol}`, `the source of ${symbol} ended: ${text}`);
      logger.error({ event: 'feed_failed', symbol, err: end.error });
    });
  }

  /** A symbol's actor was given up here: another node may do better, or this one in a while. */
  givenUp(symbol: string): void {
    const station = this.#stations.get(symbol)!;
    this.#leave(station, 'given_up');
    void station.lease.release();
  }

  /** Of the copy on this node. */
  pastOf(symbol: string): Past | null {
    const { place } = this.#stations.get(symbol)!;
    const facts = this.#options.channels.get(symbol)!.latest?.picture.facts;
    if (place === null || facts === undefined) return null;
    const { copy, epoch, version, time } = place;
    return { stream: copy, epoch, version, time, price: facts.currentPrice, levelStep: facts.levelStep };
  }

  /** All nodes together. */
  async stats(): Promise<StatsView> {
    return addedStats(await this.#board.all());
  }

  async endFeed(): Promise<void> {
    this.#abort.abort();
    clearInterval(this.#checks);
    for (const { pump } of this.#stations.values()) pump?.stop();
    await Promise.all(this.#running);
  }

  /** Other nodes may go on at once. */
  async finish(): Promise<void> {
    const { writers, channels } = this.#options;
    const written = [...this.#stations.values()].filter(({ isWritten }) => isWritten);
    const leave = async (station: Station) => {
      const { symbol, lease } = station;
      await writers.finish([symbol]);
      // Clients that are still here see what the next writer shows.
      this.#leave(station, 'stopping');
      await lease.release();
      for (const name of station.followers.keys()) await this.#publisher.leave(name, channels.get(name)!.tick);
    };
    await Promise.all(written.map(leave));
  }

  #station(symbol: string): Station {
    const { config, redis, logger, streamOf, mirror } = this.#options;
    const { client, node, log, tokens } = redis;
    const { prefix, leaseMs } = config.redis;
    const stream = streamOf(symbol);
    const keys = redisKeys(prefix).ofStream(stream);
    const names = pictureNames([symbol], config.venues);
    const followers = new Map(names.map((name) => [name, this.#follower(name)]));
    const lease = new SymbolLease({
      client,
      keys,
      node,
      ttlMs: leaseMs,
      clock: systemClock,
      gained: (token) => {
        tokens.set(stream, token);
        this.#begin(this.#stations.get(symbol)!, token);
      },
      lost: (reason) => this.#leave(this.#stations.get(symbol)!, reason),
    });
    const copied = new LogMirror({
      shared: log,
      local: mirror,
      stream,
      clock: systemClock,
      observer: {
        copied: (_, place) => {
          this.#stations.get(symbol)!.place = place;
        },
        failed: (_, err) => logger.debug({ event: 'mirror_failed', symbol, err }),
      },
    });
    return { symbol, stream, followers, lease, mirror: copied, pump: null, isWritten: false, place: null };
  }

  #follower(name: string): FrameFollower {
    const { config, redis, logger, registry, streamOf, channels, metrics } = this.#options;
    const { prefix, leaseMs } = config.redis;
    const { symbol } = picturedBy(name);
    channels.get(name)!.keepsAll = true;
    return new FrameFollower({
      client: redis.client,
      symbol: name,
      frames: redisKeys(prefix).ofStream(streamOf(name)).frames,
      channel: channels.get(name)!,
      wallClock: Date.now,
      staleAfterMs: staleAfterLeases * leaseMs,
      observer: {
        heard: (_, header: FrameHeader, lagMs) => {
          registry.followed(symbol, header, lagMs);
          if (lagMs !== null) metrics.hopped(name, lagMs / 1000);
          if (header.isLast) this.#stations.get(symbol)!.lease.hurry();
        },
        repaired: (_, found) => logger.info({ event: 'frames_repaired', symbol: name, found }),
        stale: (_, isStale) => {
          const problem = `${name} is not heard of: its writer, or Redis, is away`;
          if (isStale) registry.addProblem(`writer ${name}`, problem);
          else registry.clearProblem(`writer ${name}`);
          if (isStale) logger.warn({ event: 'symbol_stale', symbol: name });
          else logger.info({ event: 'symbol_fresh', symbol: name });
        },
        failed: (_, err) => logger.warn({ event: 'frame_refused', symbol: name, err }),
      },
    });
  }

  #followers(): [string, FrameFollower][] {
    return [...this.#stations.values()].flatMap(({ followers }) => [...followers]);
  }

  #begin(station: Station, token: string): void {
    const { logger, channels, writers } = this.#options;
    const { symbol, followers } = station;
    logger.info({ event: 'lease_gained', symbol, token });
    station.isWritten = true;
    for (const [name, follower] of followers) {
      const channel = channels.get(name)!;
      follower.end();
      channel.isRelayed = true;
      this.#publisher.follows(name, channel.latest);
    }
    writers.begin(symbol);
  }

  #leave(station: Station, reason: string): void {
    const { logger, writers, registry, channels } = this.#options;
    const { symbol, followers, pump } = station;
    if (!station.isWritten) return;
    if (reason === 'stopping') logger.info({ event: 'lease_left', symbol });
    else logger.warn({ event: 'lease_lost', symbol, reason });
    station.isWritten = false;
    for (const name of followers.keys()) channels.get(name)!.isRelayed = false;
    station.pump = null;
    pump?.stop();
    writers.abandon(symbol);
    for (const what of ['log', 'feed']) registry.clearProblem(`${what} ${symbol}`);
    for (const follower of followers.values()) follower.begin(reason === 'expired');
  }
}
