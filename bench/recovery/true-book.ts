/** What every log must give back: the fold of the events in memory, and a checkpoint on the way. */
import type { Checkpoint } from '../../src/log/event-log.ts';
import { evolve, initialBook } from '../../src/market/book.ts';
import { bookDigest, encodeBook } from '../../src/market/book-codec.ts';
import { type EventBatch, maxBatchEvents } from '../../src/market/event-batch.ts';
import { symbol } from './market.ts';

export interface TrueBook {
  readonly version: number;
  readonly digest: string;
  readonly checkpoint: Checkpoint;
}

/** The server makes a checkpoint every 200,000 events (CHECKPOINT_EVENTS), so a crash leaves at most so many behind the last one. */
const batchesAfterCheckpoint = Math.ceil(200_000 / maxBatchEvents);

export function trueBook(market: readonly EventBatch[]): TrueBook {
  const book = initialBook(symbol);
  for (const batch of market.slice(0, -batchesAfterCheckpoint)) evolve(book, batch);
  const checkpoint = { version: book.version, state: encodeBook(book) };
  for (const batch of market.slice(-batchesAfterCheckpoint)) evolve(book, batch);
  return { version: book.version, digest: bookDigest(book), checkpoint };
}
