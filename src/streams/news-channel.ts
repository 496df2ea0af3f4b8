/** News of one symbol, hot, with a recapitulation of the last for newcomers. A listener that has joined hears of everything after it. */

export interface NewsListener<N> {
  next(news: N): void;
}

export interface NewsChannelOptions<N> {
  /** What a newcomer is told after `news`; null: nothing. @param before what he would have been told before it. */
  recapOf(before: N | null, news: N): N | null;
  /** For whoever keeps a copy of the channel elsewhere. */
  told?(news: N): void;
}

export class NewsChannel<N> {
  readonly #options: NewsChannelOptions<N>;
  readonly #listeners = new Set<NewsListener<N>>();
  #recap: N | null = null;

  constructor(options: NewsChannelOptions<N>) {
    this.#options = options;
  }

  get recap(): N | null {
    return this.#recap;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Begins with the recapitulation, if there is something to tell. */
  join(listener: NewsListener<N>): void {
    this.#listeners.add(listener);
    if (this.#recap !== null) listener.next(this.#recap);
  }

  /** Without effect for one that has not joined. */
  leave(listener: NewsListener<N>): void {
    this.#listeners.delete(listener);
  }

  tell(news: N): void {
    this.#recap = this.#options.recapOf(this.#recap, news);
    this.#options.told?.(news);
    for (const listener of this.#listeners) listener.next(news);
  }
}
