/**
 * Gets lost trades over HTTP: page by page, within the venue's allowance, tried again after a failure, until a deadline. A few
 * symbols at a time, in the order in which they asked.
 */
import { type FeedClock, waitUntil } from '../pace.ts';
import type { TradePage, Venue } from './venue.ts';
import type { VenueGet } from './venue-socket.ts';
import type { WeightBudget } from './weight-budget.ts';

export interface TradeFillerOptions {
  readonly venue: Venue;
  readonly baseUrl: string;
  readonly get: VenueGet;
  readonly budget: WeightBudget;
  readonly clock: FeedClock;
  readonly signal: AbortSignal;
  /** From the question to giving up, in ms. */
  readonly timeoutMs: number;
  /** `null`: it cannot be had. */
  readonly answered: (symbol: string, question: number, page: TradePage | null) => void;
  readonly failed: (symbol: string, error: unknown) => void;
}

/** Pause after a request that failed. */
const retryMs = 500;
/** Pages of one answer; a longer absence is a gap. */
const maxPages = 50;
/** Symbols served at a time. */
const atOnce = 4;

interface Question {
  readonly symbol: string;
  readonly afterId: number;
  readonly question: number;
  readonly deadline: number;
}

export class TradeFiller {
  readonly #options: TradeFillerOptions;
  readonly #waiting: Question[] = [];
  #running = 0;

  constructor(options: TradeFillerOptions) {
    this.#options = options;
  }

  fill(symbol: string, afterId: number, question: number): void {
    const deadline = this.#options.clock.now() + this.#options.timeoutMs;
    // A newer question of a symbol makes its older one idle.
    const idle = this.#waiting.findIndex((waiting) => waiting.symbol === symbol);
    if (idle !== -1) this.#waiting.splice(idle, 1);
    this.#waiting.push({ symbol, afterId, question, deadline });
    if (this.#running < atOnce) void this.#serve();
  }

  async #serve(): Promise<void> {
    this.#running++;
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      const page = await this.#pages(job.symbol, job.afterId, job.deadline);
      if (this.#options.signal.aborted) break;
      this.#options.answered(job.symbol, job.question, page);
    }
    this.#running--;
  }

  async #pages(symbol: string, afterId: number, deadline: number): Promise<TradePage | null> {
    const { venue } = this.#options;
    let all: TradePage | null = null;
    for (let pages = 0; pages < maxPages; pages++) {
      const from: number = all?.trades.at(-1)?.id ?? afterId;
      const page = await this.#page(symbol, from, deadline);
      if (page === null) return all;
      all = all === null ? page : { ...page, trades: [...all.trades, ...page.trades], isCut: all.isCut || page.isCut };
      if (!page.hasMore || !venue.isNumbered) return all;
    }
    return all;
  }

  async #page(symbol: string, afterId: number, deadline: number): Promise<TradePage | null> {
    const { venue, baseUrl, get, budget, clock, signal, failed } = this.#options;
    while (!signal.aborted && clock.now() < deadline) {
      let waitMs = budget.take(venue.tradesWeight, 'urgent', clock.now());
      if (waitMs === 0) {
        try {
          const answer = await get(baseUrl + venue.tradesPath(symbol, afterId), signal);
          if (budget.answered(answer, clock.now())) {
            if (answer.status === 200) return venue.readTrades(symbol, afterId, answer);
            failed(symbol, new Error(`${answer.status}: ${answer.body.slice(0, 200)}`));
          }
        } catch (error) {
          failed(symbol, error);
        }
        waitMs = retryMs;
      }
      await waitUntil(clock, Math.min(clock.now() + waitMs, deadline), signal);
    }
    return null;
  }
}
