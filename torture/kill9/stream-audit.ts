/**
 * A stream of the log held against everything else that is known of it: its first event to its last, folded once without checkpoints,
 * and every picture that was shown on the way.
 */

import type { EventLog } from '../../src/log/event-log.ts';
import { foldStream } from '../../src/log/fold-stream.ts';
import { type Book, evolve, initialBook } from '../../src/market/book.ts';
import { bookDigest } from '../../src/market/book-codec.ts';
import { copyWindow, levelsOfWindow, windowColumnsLength } from '../../src/market/book-window.ts';
import { sliceBatch } from '../../src/market/event-batch.ts';
import { viewOfBook } from '../../src/market/symbol-book.ts';
import { symbolBookDigest } from '../../src/market/symbol-book-codec.ts';
import { levelChecksum } from '../../src/protocol/level-checksum.ts';
import { SourceOrder } from './source-order.ts';
import { isSamePicture, type ShownPicture, told } from './witness.ts';

export interface AuditedStream {
  readonly stream: string;
  readonly symbol: string;
  /** `undefined` when none was seen yet. */
  readonly epoch: string | undefined;
  /** What was shown, by seq. */
  readonly pictures: ReadonlyMap<number, ShownPicture>;
}

/** Share of the price on either side that a picture shows: SNAPSHOT_RANGE of the server. */
export const pictureRange = 0.25;
const noEpoch = 'made by the audit';

/** @returns events in the stream. @throws what is wrong with it. */
export async function auditStream(log: EventLog, audited: AuditedStream): Promise<number> {
  const { stream, symbol, epoch, pictures } = audited;
  const info = await log.openStream(stream, noEpoch);
  if (epoch !== undefined && info.epoch !== epoch) throw new Error(`${symbol} was epoch ${epoch}, is ${info.epoch}`);
  const book = initialBook(symbol);
  const order = new SourceOrder(symbol);
  const seqs = [...pictures.keys()].sort((a, b) => a - b);
  let next = 0;
  for await (const { fromVersion, batch } of log.read(stream, 0)) {
    if (fromVersion !== book.version)
      throw new Error(`${symbol} goes on at ${fromVersion} after ${book.version} events`);
    order.take(batch);
    const end = fromVersion + batch.count;
    for (; next < seqs.length && seqs[next]! <= end; next++) {
      const seq = seqs[next]!;
      evolve(book, sliceBatch(batch, book.version - fromVersion, seq - fromVersion));
      comparePicture(book, pictures.get(seq)!);
    }
    evolve(book, sliceBatch(batch, book.version - fromVersion, batch.count));
  }
  const { version } = book;
  if (version !== info.version)
    throw new Error(`${symbol} has ${info.version} events, of which ${version} can be read`);
  if (next < seqs.length)
    throw new Error(`${symbol} seq ${seqs.at(-1)} was shown and is not in the log of ${version} events`);

  const folded = await foldStream(log, stream, symbol, version);
  if (folded.skippedCheckpoints > 0) throw new Error(`${symbol} has ${folded.skippedCheckpoints} bad checkpoints`);
  if (symbolBookDigest(folded.book) !== bookDigest(book)) {
    throw new Error(`${symbol} folded from checkpoint ${folded.fromVersion} is another book than from the first event`);
  }
  return version;
}

function comparePicture(book: Book, shown: ShownPicture): void {
  const truth = pictureOf(book);
  if (isSamePicture(shown, truth)) return;
  throw new Error(`${book.symbol} seq ${book.version} was shown as ${told(shown)}; the log says ${told(truth)}`);
}

/** What a server shows of this book. */
export function pictureOf(book: Book): ShownPicture {
  const columns = new Float64Array(windowColumnsLength(viewOfBook(book), pictureRange));
  const window = copyWindow(viewOfBook(book), pictureRange, columns);
  return {
    checksum: levelChecksum(window.levelStep, levelsOfWindow({ ...window, columns })),
    price: book.price,
    created: book.long.created + book.short.created,
    consumed: book.long.consumed + book.short.consumed,
  };
}
