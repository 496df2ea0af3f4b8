/**
 * Books as they were at regular moments: folds events and stops at each moment, when all that happened up to it is in the book.
 *
 * A moment is over when an event with a later time has come (in the order of the log), so a column that was given out never changes.
 * With the book comes the path that the liquidating price took since the moment before.
 */
import { type EventBatch, kindCodes, sliceBatch, venueCodeAt } from './event-batch.ts';
import { type BookView, codeOf, cohortsOf, evolveSymbol, type SymbolBook, viewOf } from './symbol-book.ts';
import { type VenueName, venueCodes } from './venues.ts';

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
  readonly #book: SymbolBook;
  readonly #venue: VenueName | null;
  readonly #moments: ColumnMoments;
  readonly #emit: (column: Column, view: BookView) => void;
  #next: number;
  /** Before it nothing is given out: counts and path of the first column begin there. */
  readonly #baseline: number;
  #path: { open: number; high: number; low: number } | null = null;
  #createdBefore = 0;
  #consumedBefore = 0;

  /**
   * @param venue whose column it is; `null`: of all together.
   * @param book changed in place; folded up to no more than one interval before the start, or later: then the first columns are missing.
   * @param emit called while the book is as it was at the column's time, which has a price by then.
   */
  constructor(
    book: SymbolBook,
    venue: VenueName | null,
    moments: ColumnMoments,
    emit: (column: Column, view: BookView) => void,
  ) {
    const { startMs, intervalMs } = moments;
    this.#book = book;
    this.#venue = venue;
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
    evolveSymbol(this.#book, rows);
  }

  #finish(): void {
    const view = viewOf(this.#book, this.#venue);
    if (this.#next > this.#baseline && !Number.isNaN(view.price)) {
      const cohorts = cohortsOf(view);
      const created = cohorts.created - this.#createdBefore;
      const consumed = cohorts.consumed - this.#consumedBefore;
      this.#emit({ time: this.#next, path: this.#path, created, consumed }, view);
    }
    this.#begin();
    this.#next += this.#moments.intervalMs;
  }

  #begin(): void {
    const { created, consumed } = cohortsOf(viewOf(this.#book, this.#venue));
    this.#createdBefore = created;
    this.#consumedBefore = consumed;
    this.#path = null;
  }

  /** The prices that liquidate in the book that gives the view its price: marks once there was one, before that what was traded. */
  #follow(rows: EventBatch): void {
    const { count, kind, a, b, c } = rows;
    const wanted = this.#venue === null ? null : venueCodes[this.#venue];
    const shown = viewOf(this.#book, this.#venue).books[0];
    let code = shown === undefined ? Number.POSITIVE_INFINITY : codeOf(shown);
    let hasMark = shown?.hasMark === true;
    for (let row = 0; row < count; row++) {
      const of = venueCodeAt(rows, row);
      const isMark = kind[row] === kindCodes.mark_price;
      const isPrice = isMark || kind[row] === kindCodes.trade || kind[row] === kindCodes.candle;
      if (!isPrice || of > code || (wanted !== null && of !== wanted)) continue;
      // Another book gives the price from here on, or what was traded before the first mark does not liquidate any more.
      if (of < code || (isMark && !hasMark)) this.#path = null;
      if (of < code) hasMark = false;
      code = of;
      if (!isMark && hasMark) continue;
      hasMark = isMark;
      if (kind[row] === kindCodes.candle) this.#stretch(a[row]!, b[row]!, c[row]!);
      else this.#stretch(a[row]!, a[row]!, a[row]!);
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
