/** While there is no socket: the newest pictures over plain HTTP, now and then. The reconnection tells of failures, so this does not. */
import { latestPicture } from './latest-picture.ts';
import type { SnapshotMessage } from './messages.ts';

const pollMs = 5000;

export interface PollingOptions {
  symbols(): Iterable<string>;
  token(): string | undefined;
  take(message: SnapshotMessage): void;
}

export class PicturePolling {
  readonly #url: string;
  readonly #options: PollingOptions;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(url: string, options: PollingOptions) {
    this.#url = url;
    this.#options = options;
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      for (const symbol of this.#options.symbols()) void this.#poll(symbol);
    }, pollMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #poll(symbol: string): Promise<void> {
    const message = await latestPicture(this.#url, symbol, this.#options.token()).catch(() => null);
    if (message !== null && this.#timer !== undefined) this.#options.take(message);
  }
}
