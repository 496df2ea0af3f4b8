/**
 * Is the log what was written? The file's own structure, every batch against its checksum and its neighbours, and every checkpoint
 * against a fold of the events before it; every score ledger by its chain, and what it says was frozen against the same fold.
 */
import type { DatabaseSync } from 'node:sqlite';
import { EventLogError } from '../log/event-log.ts';
import type { LogReader, StreamRow } from '../log/log-reader.ts';
import { isLedger } from '../log/score-ledger.ts';
import { type EventBatch, sliceBatch } from '../market/event-batch.ts';
import { evolveSymbol, initialSymbolBook, type SymbolBook } from '../market/symbol-book.ts';
import { decodeSymbolBook, symbolBookDigest } from '../market/symbol-book-codec.ts';
import type { FrozenEntry } from '../protocol/ledger-entry.ts';
import { sealOf } from '../score/book-seal.ts';
import type { Progress } from './progress.ts';
import { storedBatches } from './stored-events.ts';
import { frozenOf, ledgerEntries } from './verify-ledger.ts';

export interface Verification {
  readonly events: number;
  readonly checkpoints: number;
  /** Of score ledgers. */
  readonly entries: number;
  /** Whose books were folded again, and all that are in the ledgers. */
  readonly predictions: { readonly folded: number; readonly all: number };
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
  let [checkpoints, entries, folded, all] = [0, 0, 0, 0];
  for (const row of streams) {
    if (isLedger(row.stream)) {
      try {
        for (const _ of ledgerEntries(reader, row)) entries++;
      } catch (error) {
        if (!(error instanceof EventLogError)) throw error;
        damages.push(error.message);
      }
      events += row.version;
      continue;
    }
    const frozen = frozenOf(reader, streams, row);
    const check = new StreamCheck(reader, row, frozen);
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
    all += frozen.length;
    folded += check.frozenAgain;
    damages.push(...check.damages);
    remarks.push(...check.remarks);
  }
  progress.end();
  return { events, checkpoints, entries, predictions: { folded, all }, damages, remarks };
}

class StreamCheck {
  readonly damages: string[] = [];
  readonly remarks: string[] = [];
  checked = 0;
  frozenAgain = 0;
  readonly #reader: LogReader;
  readonly #row: StreamRow;
  readonly #versions: number[];
  readonly #frozen: FrozenEntry[];
  /** Null until there is something to begin with. */
  #book: SymbolBook | null;

  constructor(reader: LogReader, row: StreamRow, frozen: readonly FrozenEntry[]) {
    this.#reader = reader;
    this.#row = row;
    this.#frozen = [...frozen];
    this.#versions = reader.checkpoints(row.id).map(({ version }) => version);
    this.#book = initialSymbolBook(symbolOf(row.stream));
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
    this.#fold(book, batch);
    while (this.#versions.length > 0 && this.#versions[0]! <= book.version)
      this.#compare(book, this.#versions.shift()!);
  }

  finish(): void {
    if (this.#book === null)
      this.damages.push(`${this.#row.stream}: has no checkpoint at its first event to fold from`);
    else if (this.#book.version < this.#row.version) {
      this.damages.push(`${this.#row.stream}: ${this.#book.version} of ${this.#row.version} events could be folded`);
    }
    // Who writes meanwhile may have gone on since the stream was looked at.
    const { version: newest } = this.#reader.stream(this.#row.stream);
    for (const { seq, start } of this.#frozen) {
      if (seq > newest)
        this.damages.push(`${this.#row.stream}: ${start} was frozen on event ${seq}, which is not there`);
    }
    for (const version of this.#versions) {
      if (this.#book !== null)
        this.damages.push(`${this.#row.stream}: a checkpoint of event ${version}, which is not there`);
    }
  }

  /** Stops where a prediction was frozen, which is within a batch of a log that was imported. */
  #fold(book: SymbolBook, batch: EventBatch): void {
    this.#compareFrozen(book);
    for (let row = 0; row < batch.count; ) {
      const seq = this.#frozen[0]?.seq ?? Number.POSITIVE_INFINITY;
      const rows = Math.min(batch.count - row, seq - book.version);
      evolveSymbol(book, sliceBatch(batch, row, row + rows));
      row += rows;
      this.#compareFrozen(book);
    }
  }

  #compareFrozen(book: SymbolBook): void {
    while (this.#frozen.length > 0 && this.#frozen[0]!.seq <= book.version) {
      const { seq, digest, layout, start } = this.#frozen.shift()!;
      // Events before the log's first one are gone.
      if (seq < book.version) continue;
      const seal = sealOf(book);
      // Another version of this program laid it out.
      if (seal.layout !== layout) continue;
      this.frozenAgain++;
      if (seal.digest === digest) continue;
      const what = `${this.#row.stream}: the book of event ${seq} is not the one that was frozen for ${start}`;
      this.damages.push(what);
    }
  }

  #compare(book: SymbolBook, version: number): void {
    this.checked++;
    if (version !== book.version) {
      this.damages.push(`${this.#row.stream}: a checkpoint of event ${version}, in the middle of a batch`);
      return;
    }
    const kept = this.#decoded(version);
    if (kept === null)
      this.damages.push(`${this.#row.stream}: the checkpoint of event ${version} is damaged or of another version`);
    else if (symbolBookDigest(kept) !== symbolBookDigest(book)) {
      this.damages.push(
        `${this.#row.stream}: the checkpoint of event ${version} is not what the events before it give`,
      );
    }
  }

  #decoded(version: number): SymbolBook | null {
    const checkpoint = this.#reader.loadCheckpoint(this.#row.id, version);
    return checkpoint?.version === version ? decodeSymbolBook(symbolOf(this.#row.stream), checkpoint.state) : null;
  }
}

/** Streams are named `source:SYMBOL`. */
function symbolOf(stream: string): string {
  return stream.slice(stream.lastIndexOf(':') + 1);
}
