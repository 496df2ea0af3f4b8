/** The market's side of a server that is alone: it writes all symbols, and one source feeds them. */
import type { Logger } from 'pino';
import { FeedPump } from './actors/feed-pump.ts';
import type { Feed } from './feed/feed.ts';
import type { MarketSide } from './market-side.ts';
import { type Past, pastOfBook } from './past.ts';
import type { StatsView } from './protocol/http-view.ts';
import type { SymbolRegistry } from './symbol-registry.ts';
import type { SymbolWriters } from './symbol-writers.ts';

export interface LocalMarketOptions {
  readonly logger: Logger;
  readonly registry: SymbolRegistry;
  readonly writers: SymbolWriters;
  readonly feed: Feed;
  readonly streamOf: (symbol: string) => string;
  readonly stats: () => Promise<StatsView>;
}

export class LocalMarket implements MarketSide {
  readonly #options: LocalMarketOptions;
  readonly #pump: FeedPump;
  #feeding: Promise<void> = Promise.resolve();

  constructor(options: LocalMarketOptions) {
    this.#options = options;
    this.#pump = new FeedPump(options.feed, options.writers.actors);
  }

  async start(): Promise<void> {
    const { registry, writers } = this.#options;
    const { symbols } = registry;
    for (const symbol of symbols) writers.begin(symbol);
    await registry.allRecovered;
    this.#feeding = this.#run();
  }

  recovered(): void {}

  givenUp(symbol: string, error: Error): void {
    const { registry } = this.#options;
    registry.addProblem(symbol, `${symbol} is not updated any more: ${error.message}`);
    registry.failed(error);
    this.#pump.drop(symbol);
  }

  settled(): void {}

  pastOf(symbol: string): Past | null {
    const { registry, streamOf } = this.#options;
    return pastOfBook(streamOf(symbol), registry.epochOf(symbol), registry.bookOf(symbol));
  }

  stats(): Promise<StatsView> {
    return this.#options.stats();
  }

  async endFeed(): Promise<void> {
    this.#pump.stop();
    await this.#feeding;
  }

  async finish(): Promise<void> {
    const { registry, writers } = this.#options;
    await writers.finish(registry.symbols);
  }

  async #run(): Promise<void> {
    const { logger, registry, writers } = this.#options;
    const end = await this.#pump.run(writers.resumePoints(registry.symbols));
    if (end.outcome === 'failed') {
      const text = end.error instanceof Error ? end.error.message : String(end.error);
      registry.addProblem('feed', `the source ended: ${text}`);
      logger.error({ event: 'feed_failed', err: end.error });
    } else {
      logger.info({ event: `feed_${end.outcome}`, observations: this.#pump.observations });
    }
  }
}
