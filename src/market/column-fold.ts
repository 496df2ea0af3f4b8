/**
 * A book as it was at regular moments: folds events and stops at each moment, when all that happened up to it is in the book.
 *
 * A moment is over when an event with a later time has come (in the order of the log), so a column that was given out never changes.
 * With the book comes the path that the liquidating price took since the moment before.
 */
import { type Book, evolve } from './book.ts';
import { type EventBatch, kindCodes, sliceBatch } from './event-batch.ts';

/** USD. */
export interface PricePath {
  readonly open: number;
  readonly high: number;
  readonly low: number;
}

export interface Column {
  /** ms since 1970. */
  readonly time: number;
  /** Null: no price came since the moment before. */
  readonly path: PricePath | null;
  /** Cohorts since the moment before. */
  readonly created: number;
  readonly consumed: number;
}

export interface ColumnMoments {
  readonly startMs: number;
  readonly endMs: number;
  readonly intervalMs: number;
}

export class ColumnFold {
  readonly #book: Book;
  readonly #moments: ColumnMoments;
  readonly #emit: (column: Column) => void;
  #next: number;
  /** Before it nothing is given out: counts and path of the first column begin there. */
  readonly #baseline: number;
  #path: { open: number; high: number; low: number } | null = null;
  #createdBefore = 0;
  #consumedBefore = 0;

  /**
   * @param book changed in place; folded up to no more than one interval before the start, or later: then the first columns are missing.
   * @param emit called while the book is as it was at the column's time, which has a price by then.
   */
  constructor(book: Book, moments: ColumnMoments, emit: (column: Column) => void) {
    const { startMs, intervalMs } = moments;
    this.#book = book;
    this.#moments = moments;
    this.#emit = emit;
    const missed = Math.max(Math.ceil((book.time - (startMs - intervalMs)) / intervalMs), 0);
    this.#baseline = startMs - intervalMs + missed * intervalMs;
    this.#next = this.#baseline;
    this.#begin();
  }

  get isDone(): boolean {
    return this.#next > this.#moments.endMs;
  }

  take(batch: EventBatch): void {
    const { time, count } = batch;
    let from = 0;
    for (let row = 0; row < count && !this.isDone; row++) {
      if (time[row]! <= this.#next) continue;
      this.#evolve(sliceBatch(batch, from, row));
      from = row;
      while (!this.isDone && time[row]! > this.#next) this.#finish();
    }
    if (!this.isDone) this.#evolve(sliceBatch(batch, from, count));
  }

  #evolve(rows: EventBatch): void {
    if (rows.count === 0) return;
    if (this.#next > this.#baseline) this.#follow(rows);
    evolve(this.#book, rows);
  }

  #finish(): void {
    const book = this.#book;
    if (this.#next > this.#baseline && !Number.isNaN(book.price)) {
      const created = book.long.created + book.short.created - this.#createdBefore;
      const consumed = book.long.consumed + book.short.consumed - this.#consumedBefore;
      this.#emit({ time: this.#next, path: this.#path, created, consumed });
    }
    this.#begin();
    this.#next += this.#moments.intervalMs;
  }

  #begin(): void {
    const { long, short } = this.#book;
    this.#createdBefore = long.created + short.created;
    this.#consumedBefore = long.consumed + short.consumed;
    this.#path = null;
  }

  /** The prices that liquidate: marks once there was one, before that what was traded. */
  #follow({ count, kind, a, b, c }: EventBatch): void {
    let { hasMark } = this.#book;
    for (let row = 0; row < count; row++) {
      const code = kind[row]!;
      if (code === kindCodes.mark_price) {
        // What was traded before the first mark does not liquidate any more.
        if (!hasMark) this.#path = null;
        hasMark = true;
        this.#stretch(a[row]!, a[row]!, a[row]!);
      } else if (hasMark) {
      } else if (code === kindCodes.trade) {
        this.#stretch(a[row]!, a[row]!, a[row]!);
      } else if (code === kindCodes.candle) {
        this.#stretch(a[row]!, b[row]!, c[row]!);
      }
    }
  }

  #stretch(open: number, high: number, low: number): void {
    const path = this.#path;
    if (path === null) {
      this.#path = { open, high, low };
      return;
    }
    if (high > path.high) path.high = high;
    if (low < path.low) path.low = low;
  }
}
