/** The symbol actors of the streams that this process writes: made, watched, fed with ticks, and ended. */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { ActorRef, Ending } from './actors/kernel/actor-ref.ts';
import type { ActorSystem } from './actors/kernel/actor-system.ts';
import { stopped } from './actors/kernel/behavior.ts';
import { LiquidationNews } from './actors/liquidation-news.ts';
import type { LiveScoreOptions } from './actors/live-score.ts';
import type { NewsDesk } from './actors/news-desk.ts';
import { symbolActor } from './actors/symbol-actor.ts';
import type { SymbolFrame } from './actors/symbol-frame.ts';
import type { SymbolMessage } from './actors/symbol-messages.ts';
import type { SymbolObserver } from './actors/symbol-options.ts';
import type { Config } from './config.ts';
import type { Feed, ResumePoint } from './feed/feed.ts';
import { resumePointOf } from './feed/resume-point.ts';
import { toldLiquidations } from './feed/venues/told-liquidations.ts';
import type { EventLog } from './log/event-log.ts';
import { picturedBy, pictureNames } from './market/picture-name.ts';
import type { FrameChannel } from './streams/frame-channel.ts';
import type { SymbolRegistry } from './symbol-registry.ts';
import type { RenderSnapshot } from './workers/snapshot-job.ts';

export interface SymbolWritersOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly system: ActorSystem;
  readonly registry: SymbolRegistry;
  readonly channels: ReadonlyMap<string, FrameChannel<SymbolFrame>>;
  readonly news: NewsDesk;
  readonly streamOf: (symbol: string) => string;
  readonly log: EventLog;
  readonly render: RenderSnapshot;
  readonly source: Feed;
  readonly observer: SymbolObserver;
  /** How the pictures are scored; null: not at all. */
  readonly score: LiveScoreOptions | null;
  /** A symbol's actor was given up. */
  readonly lost: (symbol: string, error: Error) => void;
}

/** A symbol's actor may fail this often within a minute; the pauses between grow. */
export const symbolSupervision = {
  onFailure: 'restart',
  maxRestarts: 5,
  withinMs: 60_000,
  backoffMs: { first: 100, max: 5_000 },
} as const;
export const symbolMailbox = { capacity: 256, overflow: 'reject_newest' } as const;

export class SymbolWriters {
  /** By symbol. */
  readonly actors = new Map<string, ActorRef<SymbolMessage>>();
  readonly #options: SymbolWritersOptions;
  readonly #liquidations: ReadonlyMap<string, LiquidationNews>;
  /** How often each symbol was begun. */
  readonly #begun = new Map<string, number>();

  constructor(options: SymbolWritersOptions) {
    this.#options = options;
    const { config, news, source } = options;
    const liquidationsOf = (symbol: string) =>
      new LiquidationNews({
        symbol,
        completenessOf: (venue) => (source.simulated ? 'simulated' : toldLiquidations(venue)),
        wallClock: Date.now,
        tell: (message) => news.tell(message),
      });
    this.#liquidations = new Map(config.pictureNames.map((name) => [name, liquidationsOf(name)]));
  }

  begin(symbol: string): void {
    const { config, channels, streamOf, log, render, source, observer, score, system } = this.#options;
    const names = pictureNames([symbol], config.venues);
    const setup = symbolActor({
      symbol,
      stream: streamOf(symbol),
      epochIfNew: randomBytes(6).toString('hex'),
      log,
      pictures: names.map((name) => ({
        name,
        venue: picturedBy(name).venue,
        channel: channels.get(name)!,
      })),
      liquidations: names.map((name) => this.liquidationsOf(name)),
      render,
      model: config.model,
      areGapsTold: source.tellsGaps === true,
      isSourceStale: (venue) => source.listening?.isStale(symbol, venue) === true,
      range: config.snapshotRange,
      checkpointEvents: config.checkpointEvents,
      wallClock: Date.now,
      observer,
      score,
    });
    const number = (this.#begun.get(symbol) ?? 0) + 1;
    this.#begun.set(symbol, number);
    // One that was abandoned may not have ended yet.
    const name = number === 1 ? symbol : `${symbol}-${number}`;
    const ref = system.spawn(setup, { name, mailbox: symbolMailbox, supervision: symbolSupervision });
    this.actors.set(symbol, ref);
    this.#watch(symbol, name, ref);
  }

  /** @param name of a symbol, or of a venue's own. */
  liquidationsOf(name: string): LiquidationNews {
    return this.#liquidations.get(name)!;
  }

  tick(tick: number): void {
    for (const actor of this.actors.values()) actor.tell({ type: 'tick', tick });
  }

  /** Resolves when what is under way is committed and a checkpoint is there. */
  async finish(symbols: Iterable<string>): Promise<void> {
    const finish = (symbol: string) =>
      new Promise<void>((resolve) => {
        if (this.actors.get(symbol)?.tell({ type: 'finish', done: resolve }) !== 'accepted') resolve();
      });
    await Promise.all([...symbols].map(finish));
  }

  /** Ends it where it is: someone else goes on with what is committed. */
  abandon(symbol: string): void {
    const actor = this.actors.get(symbol);
    if (actor === undefined) return;
    this.actors.delete(symbol);
    this.#options.system.stopActor(actor);
  }

  /** Where the feed takes up again. */
  resumePoints(symbols: Iterable<string>): ReadonlyMap<string, ResumePoint> {
    const points = new Map<string, ResumePoint>();
    for (const symbol of symbols) {
      const point = resumePointOf(this.#options.registry.bookOf(symbol)!);
      if (point !== undefined) points.set(symbol, point);
    }
    return points;
  }

  /** A symbol that is given up does not take the others with it. */
  #watch(symbol: string, name: string, ref: ActorRef<SymbolMessage>): void {
    this.#options.system.spawn<Ending>(
      (context) => {
        context.watch(ref, (ending) => ending);
        return {
          receive: ({ cause, error }) => {
            if (cause === 'failed' && this.actors.get(symbol) === ref) {
              this.actors.delete(symbol);
              this.#options.lost(symbol, error instanceof Error ? error : new Error(String(error)));
            }
            return stopped;
          },
        };
      },
      {
        name: `watch-${name}`,
        mailbox: { capacity: 1, overflow: 'reject_newest' },
        supervision: { onFailure: 'resume' },
      },
    );
  }
}
