/** What was committed to a log, step by step, and the book after each: what may come back from it, and nothing else. */
import { type Book, evolve, initialBook } from '../../src/market/book.ts';
import { bookDigest } from '../../src/market/book-codec.ts';
import type { EventBatch } from '../../src/market/event-batch.ts';

interface TrueStream {
  readonly symbol: string;
  readonly epoch: string;
  readonly book: Book;
  readonly batches: EventBatch[];
  /** Digest of the book by the version after each batch. */
  readonly digests: Map<number, string>;
}

export class LogTruth {
  readonly streams = new Map<string, TrueStream>();
  /** Version of each stream that was there, after each commit; first of all there was nothing. */
  readonly #commits: ReadonlyMap<string, number>[] = [new Map()];

  opened(stream: string, symbol: string, epoch: string): void {
    const book = initialBook(symbol);
    this.streams.set(stream, { symbol, epoch, book, batches: [], digests: new Map([[0, bookDigest(book)]]) });
    this.committed();
  }

  appended(stream: string, batch: EventBatch): void {
    const { book, batches, digests } = this.streams.get(stream)!;
    evolve(book, batch);
    batches.push(batch);
    digests.set(book.version, bookDigest(book));
  }

  committed(): void {
    this.#commits.push(new Map([...this.streams].map(([stream, { book }]) => [stream, book.version])));
  }

  get commits(): number {
    return this.#commits.length - 1;
  }

  /** @returns after how many commits the streams were at these versions; −1 when they never were. */
  commitsAt(versions: ReadonlyMap<string, number>): number {
    return this.#commits.findIndex(
      (commit) => commit.size === versions.size && [...commit].every(([name, at]) => versions.get(name) === at),
    );
  }

  /** The batch that came at this version; `undefined` after the last. */
  batchAt(stream: string, version: number): EventBatch | undefined {
    let at = 0;
    return this.streams.get(stream)!.batches.find((batch) => {
      at += batch.count;
      return at - batch.count === version;
    });
  }
}
