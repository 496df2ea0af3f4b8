/** One stream of a log that is being written elsewhere: the book as it was, and the events that followed. Synchronous. */
import { LogReader, type StreamRow } from '../log/log-reader.ts';
import { databasePath, openToRead } from '../log/sqlite-database.ts';
import { BatchSequence } from '../log/stored-batches.ts';
import { type EventBatch, sliceBatch } from '../market/event-batch.ts';
import { initialSymbolBook, type SymbolBook } from '../market/symbol-book.ts';
import { decodeSymbolBook } from '../market/symbol-book-codec.ts';

/** Batches read at once: about a megabyte of the largest. */
const largePage = 32;

const readers = new Map<string, LogReader>();

/** A thread keeps the files open that it was asked about. */
function readerOf(directory: string): LogReader {
  let reader = readers.get(directory);
  if (reader === undefined) {
    const path = databasePath(directory);
    reader = new LogReader(openToRead(path), path);
    readers.set(directory, reader);
  }
  return reader;
}

export class StreamHistory {
  readonly #reader: LogReader;
  readonly #row: StreamRow;
  readonly #symbol: string;
  readonly #version: number;

  /**
   * @param version events of the stream that count.
   * @throws {EventLogError}
   */
  constructor(directory: string, stream: string, symbol: string, version: number) {
    this.#reader = readerOf(directory);
    this.#row = this.#reader.stream(stream);
    this.#symbol = symbol;
    this.#version = Math.min(version, this.#row.version);
  }

  /**
   * The newest checkpoint that the test passes; if none does, the earliest state there is: the empty book, or where events begin that
   * were not deleted.
   */
  bookBefore(isEarlyEnough: (checkpoint: { version: number; time: number }) => boolean): SymbolBook {
    const usable = this.#reader
      .checkpoints(this.#row.id)
      .filter((point): point is { version: number; time: number } => point.time !== null)
      .filter(({ version }) => version <= this.#version);
    const early = usable.filter(isEarlyEnough).reverse();
    const candidates =
      this.#row.firstVersion === 0 ? early : [...early, ...usable.filter((point) => !early.includes(point))];
    for (const { version } of candidates) {
      const book = this.#decode(version);
      if (book !== null) return book;
    }
    return initialSymbolBook(this.#symbol);
  }

  /** Events after `fromVersion`, up to those that count. */
  *batches(fromVersion: number, batchesPerPage = largePage): Generator<EventBatch> {
    const sequence = new BatchSequence(this.#row.stream, fromVersion);
    while (sequence.version < this.#version) {
      const page = this.#reader.readBatches(this.#row.id, sequence.version, batchesPerPage);
      if (page.length === 0) return;
      for (const stored of page) {
        const { fromVersion: at, batch } = sequence.next(stored);
        const left = this.#version - at;
        if (left <= 0) return;
        yield batch.count <= left ? batch : sliceBatch(batch, 0, left);
      }
    }
  }

  /** Exchange time of event number `version` + 1; null: there is none yet. */
  timeOf(version: number): number | null {
    for (const batch of this.batches(version, 1)) return batch.time[0]!;
    return null;
  }

  #decode(version: number): SymbolBook | null {
    const checkpoint = this.#reader.loadCheckpoint(this.#row.id, version);
    if (checkpoint?.version !== version) return null;
    const book = decodeSymbolBook(this.#symbol, checkpoint.state);
    return book?.version === version ? book : null;
  }
}
