/**
 * A stream's book out of the log: the newest checkpoint that decodes, then every event after it.
 *
 * Live and recovered books are equal bit for bit, because both are made by the same `evolveSymbol` over the same rows.
 */
import { sliceBatch } from '../market/event-batch.ts';
import { evolveSymbol, initialSymbolBook, type SymbolBook } from '../market/symbol-book.ts';
import { decodeSymbolBook } from '../market/symbol-book-codec.ts';
import { type EventLog, EventLogError } from './event-log.ts';

export interface FoldedStream {
  readonly book: SymbolBook;
  /** Version of the checkpoint the fold began from; 0 when it began at the first event. */
  readonly fromVersion: number;
  /** Checkpoints that were there but are not books of this schema. */
  readonly skippedCheckpoints: number;
}

export interface FoldOptions {
  /** Whether checkpoints are used; without them the fold begins at the first event. */
  readonly usesCheckpoints?: boolean;
  /** Told after each batch how far the fold has come. */
  readonly progressed?: (folded: number, fromVersion: number) => void;
}

/**
 * @param version of the stream to fold up to.
 * @throws {EventLogError} `corrupt` when the log does not hold every event from the checkpoint to `version`.
 */
export async function foldStream(
  log: EventLog,
  stream: string,
  symbol: string,
  version: number,
  { usesCheckpoints = true, progressed }: FoldOptions = {},
): Promise<FoldedStream> {
  const { book, skippedCheckpoints } = usesCheckpoints
    ? await newestBook(log, stream, symbol, version)
    : { book: initialSymbolBook(symbol), skippedCheckpoints: 0 };
  const fromVersion = book.version;
  if (fromVersion < version) {
    for await (const { batch } of log.read(stream, fromVersion)) {
      evolveSymbol(book, sliceBatch(batch, 0, Math.min(batch.count, version - book.version)));
      progressed?.(book.version, fromVersion);
      if (book.version >= version) break;
    }
  }
  if (book.version !== version) {
    const what = `it has ${book.version} of its ${version} events`;
    throw new EventLogError('corrupt', `stream ${stream} is damaged: ${what}. Restore the log from a copy.`);
  }
  return { book, fromVersion, skippedCheckpoints };
}

async function newestBook(
  log: EventLog,
  stream: string,
  symbol: string,
  version: number,
): Promise<{ book: SymbolBook; skippedCheckpoints: number }> {
  let skippedCheckpoints = 0;
  for (let atMost = version; ; ) {
    const checkpoint = await log.loadCheckpoint(stream, atMost);
    if (checkpoint === null) return { book: initialSymbolBook(symbol), skippedCheckpoints };
    const book = decodeSymbolBook(symbol, checkpoint.state);
    if (book?.version === checkpoint.version) return { book, skippedCheckpoints };
    skippedCheckpoints++;
    atMost = checkpoint.version - 1;
  }
}
