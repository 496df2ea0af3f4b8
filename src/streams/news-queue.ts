/**
 * Backpressure of one client where every piece of news counts: it passes when there is room, else it waits in its order.
 *
 * More than `capacity` do not wait: the oldest is lost to this client, and the next that it is given tells exactly how much was. So of
 * all that came, in order, each is given, counted as missed by the one that follows it, or waiting.
 */

export interface NewsTaker<N> {
  /** Asked once for each, just before it is given: takes the room if there is some. */
  takeRoom(): boolean;
  /** @param missed what was lost since the one before. */
  giveNews(news: N, missed: number): void;
  newsLost(news: N): void;
}

export interface News {
  /** What is lost with it: entries, not messages. */
  readonly count: number;
}

export class NewsQueue<N extends News> {
  readonly #capacity: number;
  readonly #taker: NewsTaker<N>;
  /** Oldest first. */
  readonly #waiting: N[] = [];
  #missed = 0;

  /** @param capacity at least 1. */
  constructor(capacity: number, taker: NewsTaker<N>) {
    this.#capacity = capacity;
    this.#taker = taker;
  }

  next(news: N): void {
    if (this.#waiting.length === 0 && this.#taker.takeRoom()) {
      this.#taker.giveNews(news, 0);
      return;
    }
    if (this.#waiting.push(news) <= this.#capacity) return;
    const lost = this.#waiting.shift()!;
    this.#missed += lost.count;
    this.#taker.newsLost(lost);
  }

  /** There may be room again. */
  release(): void {
    while (this.#waiting.length > 0 && this.#taker.takeRoom()) {
      const missed = this.#missed;
      this.#missed = 0;
      this.#taker.giveNews(this.#waiting.shift()!, missed);
    }
  }
}
