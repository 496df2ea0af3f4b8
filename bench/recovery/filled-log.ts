/** A log with the whole market in it: what its replay and the start of a server on it take. Every book is compared with the true one. */

import { foldStream } from '../../src/log/fold-stream.ts';
import { symbolBookDigest } from '../../src/market/symbol-book-codec.ts';
import { symbol } from './market.ts';
import { startToReady } from './start-to-ready.ts';
import type { Store } from './store.ts';
import type { TrueBook } from './true-book.ts';

/** As the recorded source names it. */
export const stream = `recorded:${symbol}`;

export class FilledLog {
  readonly store: Store;
  readonly #directory: string;
  readonly #truth: TrueBook;
  readonly #candleFile: string;

  constructor(store: Store, directory: string, truth: TrueBook, candleFile: string) {
    this.store = store;
    this.#directory = directory;
    this.#truth = truth;
    this.#candleFile = candleFile;
  }

  /** Million events/s, read and folded from the first on. There must be no checkpoint yet. */
  async replay(): Promise<number> {
    const log = await this.store.open(this.#directory);
    const { version } = await log.openStream(stream, 'bench');
    const startedAt = performance.now();
    const { book, fromVersion } = await foldStream(log, stream, symbol, version);
    const figure = version / ((performance.now() - startedAt) * 1000);
    await log.close();
    if (fromVersion !== 0 || symbolBookDigest(book) !== this.#truth.digest) {
      throw new Error(`${this.store.name}: the book folded from ${fromVersion} to ${book.version} is another one`);
    }
    return figure;
  }

  async saveCheckpoint(): Promise<void> {
    const log = await this.store.open(this.#directory);
    await log.openStream(stream, 'bench');
    await log.saveCheckpoint(stream, this.#truth.checkpoint);
    await log.close();
  }

  /** Seconds from the birth of the server's process to `ready`. */
  async start(): Promise<number> {
    const ms = await startToReady({
      server: this.store.server,
      directory: this.#directory,
      candleFile: this.#candleFile,
      fromVersion: this.#truth.checkpoint.version,
      version: this.#truth.version,
    });
    return ms / 1000;
  }
}
