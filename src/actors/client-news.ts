/** The news that one client asked for: each kind and symbol waits for itself, all under the client's own window. */
import { type NewsChannelName, newsChannelNames } from '../protocol/channel-name.ts';
import { NewsQueue, type NewsTaker } from '../streams/news-queue.ts';
import type { NewsDesk } from './news-desk.ts';
import type { SymbolNews } from './symbol-news.ts';

interface Subscription {
  readonly name: NewsChannelName;
  readonly symbol: string;
  readonly queue: NewsQueue<SymbolNews>;
}

export class ClientNews {
  readonly #desk: NewsDesk;
  readonly #capacity: number;
  readonly #taker: NewsTaker<SymbolNews>;
  #subscriptions: readonly Subscription[] = [];

  /** @param capacity messages of each subscription that may wait. */
  constructor(desk: NewsDesk, capacity: number, taker: NewsTaker<SymbolNews>) {
    this.#desk = desk;
    this.#capacity = capacity;
    this.#taker = taker;
  }

  get symbols(): Iterable<string> {
    return this.#subscriptions.map(({ symbol }) => symbol);
  }

  /** In place of what was wanted of the symbol before. What was wanted already goes on where it is: nothing is told twice, or lost. */
  want(symbol: string, names: readonly NewsChannelName[]): void {
    for (const name of newsChannelNames) {
      if (!names.includes(name)) this.leave(symbol, name);
      else if (!this.#subscriptions.some((known) => known.symbol === symbol && known.name === name)) {
        const queue = new NewsQueue(this.#capacity, this.#taker);
        this.#subscriptions = [...this.#subscriptions, { name, symbol, queue }];
        this.#desk.channel(name, symbol).join(queue);
      }
    }
  }

  /** What waits is forgotten. Without effect when there was no subscription. */
  leave(symbol: string, name: NewsChannelName): void {
    this.#subscriptions = this.#subscriptions.filter((known) => {
      const isMeant = known.symbol === symbol && known.name === name;
      if (isMeant) this.#desk.channel(name, symbol).leave(known.queue);
      return !isMeant;
    });
  }

  /** There may be room again. */
  release(): void {
    for (const { queue } of this.#subscriptions) queue.release();
  }

  end(): void {
    for (const { name, symbol, queue } of this.#subscriptions) this.#desk.channel(name, symbol).leave(queue);
    this.#subscriptions = [];
  }
}
