/**
 * Is the log what was written? The file's own structure, every batch against its checksum and its neighbours, and every checkpoint
 * against a fold of the events before it.
 */
import type { DatabaseSync } from 'node:sqlite';
import { EventLogError } from '../log/event-log.ts';
import type { LogReader, StreamRow } from '../log/log-reader.ts';
import { type Book, evolve, initialBook } from '../market/book.ts';
import { bookDigest, decodeBook } from '../market/book-codec.ts';
import type { EventBatch } from '../market/event-batch.ts';
import type { Progress } from './progress.ts';
import { storedBatches } from './stored-events.ts';

export interface Verification {
  readonly events: number;
  readonly checkpoints: number;
  /** What is wrong, a line each. */
  readonly damages: readonly string[];
  /** What could not be checked, and why. */
  readonly remarks: readonly string[];
}

export function verifyLog(database: DatabaseSync, reader: LogReader, progress: Progress): Verification {
  const damages: string[] = [];
  const remarks: string[] = [];
  for (const row of database.prepare('PRAGMA quick_check').all()) {
    const text = String(Object.values(row)[0]);
    if (text !== 'ok') damages.push(`file: ${text}`);
  }
  const streams = reader.streams();
  const total = streams.reduce((sum, { version, firstVersion }) => sum + version - firstVersion, 0);
  let events = 0;
  let checkpoints = 0;
  for (const row of streams) {
    const check = new StreamCheck(reader, row);
    try {
      for (const { fromVersion, batch } of storedBatches(reader, row)) {
        check.take(fromVersion, batch);
        events += batch.count;
        progress.at(events, total);
      }
    } catch (error) {
      if (!(error instanceof EventLogError)) throw error;
      damages.push(error.message);
    }
    check.finish();
    checkpoints += check.checked;
    damages.push(...check.damages);
    remarks.push(...check.remarks);
  }
  progress.end();
  return { events, checkpoints, damages, remarks };
}

class StreamCheck {
  readonly damages: string[] = [];
  readonly remarks: string[] = [];
  checked = 0;
  readonly #reader: LogReader;
  readonly #row: StreamRow;
  readonly #versions: number[];
  /** Null until there is something to begin with. */
  #book: Book | null;

  constructor(reader: LogReader, row: StreamRow) {
    this.#reader = reader;
    this.#row = row;
    this.#versions = reader.checkpoints(row.id).map(({ version }) => version);
    this.#book = initialBook(symbolOf(row.stream));
    if (row.firstVersion === 0) return;
    // Events before it were deleted, so the first checkpoint is what the rest is checked from.
    this.#book = this.#decoded(this.#versions.shift() ?? -1);
    this.remarks.push(
      `${row.stream}: begins with event ${row.firstVersion + 1}, on a checkpoint that cannot be checked`,
    );
  }

  take(fromVersion: number, batch: EventBatch): void {
    const book = this.#book;
    if (book === null || fromVersion < book.version) return;
    evolve(book, batch);
    while (this.#versions.length > 0 && this.#versions[0]! <= book.version)
      this.#compare(book, this.#versions.shift()!);
  }

  finish(): void {
    if (this.#book === null)
      this.damages.push(`${this.#row.stream}: has no checkpoint at its first event to fold from`);
    else if (this.#book.version < this.#row.version) {
      this.damages.push(`${this.#row.stream}: ${this.#book.version} of ${this.#row.version} events could be folded`);
    }
    for (const version of this.#versions) {
      if (this.#book !== null)
        this.damages.push(`${this.#row.stream}: a checkpoint of event ${version}, which is not there`);
    }
  }

  #compare(book: Book, version: number): void {
    this.checked++;
    if (version !== book.version) {
      this.damages.push(`${this.#row.stream}: a checkpoint of event ${version}, in the middle of a batch`);
      return;
    }
    const kept = this.#decoded(version);
    if (kept === null)
      this.damages.push(`${this.#row.stream}: the checkpoint of event ${version} is damaged or of another version`);
    else if (bookDigest(kept) !== bookDigest(book)) {
      this.damages.push(
        `${this.#row.stream}: the checkpoint of event ${version} is not what the events before it give`,
      );
    }
  }

  #decoded(version: number): Book | null {
    const checkpoint = this.#reader.loadCheckpoint(this.#row.id, version);
    return checkpoint?.version === version ? decodeBook(symbolOf(this.#row.stream), checkpoint.state) : null;
  }
}

/** Streams are named `source:SYMBOL`. */
function symbolOf(stream: string): string {
  return stream.slice(stream.lastIndexOf(':') + 1);
}
