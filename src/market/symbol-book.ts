/**
 * All that is folded from the events of one symbol: a book for each venue, with tiers, formula and ids of its own, on one price axis. A
 * source that names no venue has one book.
 *
 * What is seen of it is a view: the books of all venues together, or of one.
 */
import { type Book, evolveRows, initialBook } from './book.ts';
import { type EventBatch, venueCodeAt } from './event-batch.ts';
import type { LevelStep } from './price-grid.ts';
import { type VenueName, venueCodeEnd, venueCodes, venueOfCode } from './venues.ts';

export interface SymbolBook {
  readonly symbol: string;
  /** Events folded so far: the stream's version, and a frame's `seq`. */
  version: number;
  /** Exchange time of the newest event, and of the first, in ms; 0 before there is one. */
  time: number;
  firstTime: number;
  /** Set by the first price of any venue, and the same for all. */
  levelStep: LevelStep | null;
  tick: number;
  /** By venue code (`venues.ts`). */
  readonly books: (Book | undefined)[];
}

export interface BookView {
  readonly version: number;
  readonly time: number;
  /** Price that liquidates, in USD, of the first of the books; NaN before there is one. */
  readonly price: number;
  readonly levelStep: LevelStep | null;
  /** Those that have a price, in the order of their codes. */
  readonly books: readonly Book[];
}

export function initialSymbolBook(symbol: string): SymbolBook {
  return { symbol, version: 0, time: 0, firstTime: 0, levelStep: null, tick: Number.NaN, books: [] };
}

/** Total, and row by row, as `evolve` is. */
export function evolveSymbol(whole: SymbolBook, batch: EventBatch): void {
  const { count, time, side } = batch;
  let from = 0;
  for (let to = 1; to <= count; to++) {
    // The side is the lowest bit.
    if (to < count && side[to]! >> 1 === side[from]! >> 1) continue;
    evolveBook(whole, bookOf(whole, venueCodeAt(batch, from)), batch, from, to);
    from = to;
  }
  for (let i = 0; i < count; i++) {
    if (whole.version++ === 0) whole.firstTime = time[i]!;
    if (time[i]! > whole.time) whole.time = time[i]!;
  }
}

/** The book of a venue, made when it is first heard of. */
function bookOf(whole: SymbolBook, code: number): Book {
  const known = whole.books[code];
  if (known !== undefined) return known;
  const book = initialBook(whole.symbol, venueOfCode(code));
  for (let i = whole.books.length; i <= code; i++) whole.books[i] = undefined;
  whole.books[code] = book;
  shareAxis(whole, book);
  return book;
}

function evolveBook(whole: SymbolBook, book: Book, batch: EventBatch, from: number, to: number): void {
  evolveRows(book, batch, from, to);
  if (whole.levelStep !== null || book.levelStep === null) return;
  whole.levelStep = book.levelStep;
  whole.tick = book.tick;
  for (const other of whole.books) if (other !== undefined) shareAxis(whole, other);
}

function shareAxis({ levelStep, tick }: SymbolBook, book: Book): void {
  if (levelStep === null) return;
  book.levelStep = levelStep;
  book.tick = tick;
}

/** @param venue whose book; `null`: all together. */
export function viewOf(whole: SymbolBook, venue: VenueName | null): BookView {
  const { version, time, levelStep } = whole;
  const wanted = venue === null ? whole.books : [whole.books[venueCodes[venue]]];
  const books = wanted.filter((book): book is Book => book !== undefined && !Number.isNaN(book.price));
  return { version, time, levelStep, price: books[0]?.price ?? Number.NaN, books };
}

/** The view of a book that is alone. */
export function viewOfBook(book: Book): BookView {
  const { version, time, price, levelStep } = book;
  return { version, time, price, levelStep, books: [book] };
}

/** Of one book that is alone. */
export function symbolBookOf(book: Book): SymbolBook {
  const { symbol, version, time, firstTime, levelStep, tick } = book;
  const whole = { symbol, version, time, firstTime, levelStep, tick, books: [] as (Book | undefined)[] };
  whole.books[codeOf(book)] = book;
  return whole;
}

export function codeOf({ venue }: Book): number {
  return venue === undefined ? 0 : venueCodes[venue];
}

/** All books there are, in the order of their codes. */
export function booksOf({ books }: SymbolBook): Book[] {
  return books.slice(0, venueCodeEnd).filter((book) => book !== undefined);
}

/** Cohorts placed and swept since the epoch began. */
export function cohortsOf({ books }: BookView): { readonly created: number; readonly consumed: number } {
  let [created, consumed] = [0, 0];
  for (const { long, short } of books) {
    created += long.created + short.created;
    consumed += long.consumed + short.consumed;
  }
  return { created, consumed };
}
