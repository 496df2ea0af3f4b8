/**
 * The part of a book that a picture shows, as columns in shared memory, and its display levels.
 *
 * The symbol's thread copies the window out of the book; a worker bins it. A long cell belongs to the level at or below it and a
 * short cell to the level at or above it, so that a picture never shows a long above the price or a short below it. Where venues' prices
 * differ by more than the range, longs of the window's last level and shorts of its first lie partly outside; these are left out.
 */
import type { Book } from './book.ts';
import type { BookSide } from './book-side.ts';
import { allLeverageBands, leverageBandCount } from './leverage-bands.ts';
import { cellsPerLevel, type LevelStep, levelPrice, levelRoom, tickOf } from './price-grid.ts';
import type { BookView } from './symbol-book.ts';

/** By what the cells of a book's sides are to be multiplied. */
export interface WindowScale {
  readonly long: number;
  readonly short: number;
}

/** What of a window is not in its columns; small enough to be cloned to a worker. */
export interface WindowFrame {
  readonly levelStep: LevelStep;
  /** First cell of the columns; a whole number of levels. */
  readonly firstCell: number;
  readonly cellCount: number;
  /** Books go on above it. */
  readonly isCut: boolean;
  /** One a book. */
  readonly scales: readonly WindowScale[];
}

export interface BookWindow extends WindowFrame {
  /** Contracts ÷ scale: of each book `cellCount` cells of longs, then as many of shorts. */
  readonly columns: Float64Array;
}

/** Display levels, ascending by price, non-zero rows only. */
export interface Levels {
  readonly count: number;
  /** Level number; `levelPrice(step, number)` is its price. */
  readonly number: Float64Array;
  /** Whole USD at the level's price. */
  readonly longDensity: Float64Array;
  readonly shortDensity: Float64Array;
}

/**
 * How much of a view's sides there is in view of an earlier one of the same books, as far as nothing was opened or swept: what to divide
 * by what. Exact for one book; of several it is their mean, since each closes at a pace of its own.
 */
export function sideScales({ books }: BookView): WindowScale {
  const mean = (scaleOf: (book: Book) => number) =>
    books.length === 1
      ? scaleOf(books[0]!)
      : Math.exp(books.reduce((sum, book) => sum + Math.log(scaleOf(book)), 0) / books.length);
  return { long: mean(({ long }) => long.scale), short: mean(({ short }) => short.scale) };
}

/** Float64 values that the columns of a window of `range` (share of the price on either side) take. */
export function windowColumnsLength(view: BookView, range: number): number {
  return 2 * windowBounds(view, range).cellCount * view.books.length;
}

/**
 * Copies the window into `columns`, which must hold `windowColumnsLength`. The view must have a price.
 *
 * @param bands a bit each leverage band that is shown.
 */
export function copyWindow(
  view: BookView,
  range: number,
  columns: Float64Array,
  bands: number = allLeverageBands,
): WindowFrame {
  const { firstCell, cellCount } = windowBounds(view, range);
  for (const [i, { long, short }] of view.books.entries()) {
    const start = 2 * i * cellCount;
    copyBands(long, bands, firstCell, columns.subarray(start, start + cellCount));
    copyBands(short, bands, firstCell, columns.subarray(start + cellCount, start + 2 * cellCount));
  }
  const scales = view.books.map(({ long, short }) => ({ long: long.scale, short: short.scale }));
  const isCut = firstCell + cellCount < cellCountOf(view.books);
  return { levelStep: view.levelStep!, firstCell, cellCount, isCut, scales };
}

function copyBands({ cells, cellCount }: BookSide, bands: number, firstCell: number, target: Float64Array): void {
  target.fill(0);
  for (let band = 0; band < leverageBandCount; band++) {
    if ((bands & (1 << band)) === 0) continue;
    const start = band * cellCount + firstCell;
    // Of several books one may end earlier than another.
    const count = Math.min(target.length, cellCount - firstCell);
    for (let i = 0; i < count; i++) target[i]! += cells[start + i]!;
  }
}

/** @returns columns in shared memory. */
export function levelsOfWindow(window: BookWindow): Levels {
  const { columns, firstCell, cellCount, isCut, levelStep, scales } = window;
  const levelCount = levelRoom(cellCount);
  const { number, longDensity, shortDensity } = levelColumns(levelCount);
  const firstLevel = firstCell / cellsPerLevel;
  let count = 0;
  for (let level = 0; level < levelCount; level++) {
    const start = level * cellsPerLevel;
    let longs = 0;
    let shorts = 0;
    const longsEnd = isCut && start + cellsPerLevel > cellCount ? start : Math.min(start + cellsPerLevel, cellCount);
    const shortsFrom = firstCell > 0 && start === 0 ? start + 1 : Math.max(start - cellsPerLevel + 1, 0);
    for (let i = 0; i < scales.length; i++) {
      const base = 2 * i * cellCount;
      longs += sumOf(columns, base, start, longsEnd) * scales[i]!.long;
      shorts += sumOf(columns, base + cellCount, shortsFrom, Math.min(start + 1, cellCount)) * scales[i]!.short;
    }
    const price = levelPrice(levelStep, firstLevel + level);
    const longUsd = Math.round(longs * price);
    const shortUsd = Math.round(shorts * price);
    if (longUsd === 0 && shortUsd === 0) continue;
    number[count] = firstLevel + level;
    longDensity[count] = longUsd;
    shortDensity[count] = shortUsd;
    count++;
  }
  return { count, number, longDensity, shortDensity };
}

function sumOf(columns: Float64Array, base: number, from: number, to: number): number {
  let sum = 0;
  for (let cell = from; cell < to; cell++) sum += columns[base + cell]!;
  return sum;
}

/** Room for levels, in shared memory. */
export function levelColumns(levelCount: number): Omit<Levels, 'count'> {
  const memory = new SharedArrayBuffer(3 * levelCount * Float64Array.BYTES_PER_ELEMENT);
  const column = (place: number) =>
    new Float64Array(memory, place * levelCount * Float64Array.BYTES_PER_ELEMENT, levelCount);
  return { number: column(0), longDensity: column(1), shortDensity: column(2) };
}

export function windowBounds(
  { price, levelStep, books }: BookView,
  range: number,
): { firstCell: number; cellCount: number } {
  const center = price / tickOf(levelStep!);
  const last = cellCountOf(books);
  const firstLevel = Math.max(Math.floor((center * (1 - range)) / cellsPerLevel), 0);
  const firstCell = Math.min(firstLevel * cellsPerLevel, Math.floor(last / cellsPerLevel) * cellsPerLevel);
  const end = Math.min(Math.ceil((center * (1 + range)) / cellsPerLevel) * cellsPerLevel + 1, last);
  return { firstCell, cellCount: Math.max(end - firstCell, 0) };
}

/** Of the book that goes on highest. */
export function cellCountOf(books: readonly Book[]): number {
  let most = 0;
  for (const { long } of books) most = Math.max(most, long.cellCount);
  return most;
}
