/**
 * A stream's book out of the log: the newest checkpoint that decodes, then every event after it.
 *
 * Live and recovered books are equal bit for bit, because both are made by the same `evolve` over the same rows.
 */
import { type Book, evolve, initialBook } from '../market/book.ts';
import { decodeBook } from '../market/book-codec.ts';
import type { EventLog } from './event-log.ts';

export interface FoldedStream {
  readonly book: Book;
  /** Version of the checkpoint the fold began from; 0 when it began at the first event. */
  readonly fromVersion: number;
  /** Checkpoints that were there but did not decode, or claimed more events than the stream holds. */
  readonly skippedCheckpoints: number;
}

/** @param version version of the stream to fold up to (its current one). */
export async function foldStream(
  log: EventLog,
  stream: string,
  symbol: string,
  version: number,
): Promise<FoldedStream> {
  let book = initialBook(symbol);
  let skippedCheckpoints = 0;
  for (const checkpoint of await log.loadCheckpoints(stream)) {
    const decoded = checkpoint.version <= version ? decodeBook(symbol, checkpoint.state) : null;
    if (decoded !== null && decoded.version === checkpoint.version) {
      book = decoded;
      break;
    }
    skippedCheckpoints++;
  }
  const fromVersion = book.version;
  if (fromVersion < version) {
    for await (const { batch } of log.read(stream, fromVersion)) evolve(book, batch);
  }
  return { book, fromVersion, skippedCheckpoints };
}
