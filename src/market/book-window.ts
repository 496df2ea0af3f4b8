/**
 * The part of a book that a picture shows, as columns in shared memory, and its display levels.
 *
 * The symbol's thread copies the window out of the book; a worker bins it. A long cell belongs to the level at or below it and a
 * short cell to the level at or above it, so that a picture never shows a long above the price or a short below it.
 */
import type { Book } from './book.ts';
import type { BookSide } from './book-side.ts';
import { allLeverageBands, leverageBandCount } from './leverage-bands.ts';
import { cellsPerLevel, type LevelStep, levelPrice, levelRoom } from './price-grid.ts';

/** What of a window is not in its columns; small enough to be cloned to a worker. */
export interface WindowFrame {
  readonly levelStep: LevelStep;
  /** First cell of the columns; a whole number of levels. */
  readonly firstCell: number;
  readonly cellCount: number;
  readonly longScale: number;
  readonly shortScale: number;
}

export interface BookWindow extends WindowFrame {
  /** Contracts ÷ scale: `cellCount` cells of longs, then as many of shorts. */
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

/** Float64 values that the columns of a window of `range` (share of the price on either side) take. */
export function windowColumnsLength(book: Book, range: number): number {
  return 2 * windowBounds(book, range).cellCount;
}

/**
 * Copies the window into `columns`, which must hold `windowColumnsLength`. The book must have a price.
 *
 * @param bands a bit each leverage band that is shown.
 */
export function copyWindow(
  book: Book,
  range: number,
  columns: Float64Array,
  bands: number = allLeverageBands,
): WindowFrame {
  const { firstCell, cellCount } = windowBounds(book, range);
  copyBands(book.long, bands, firstCell, columns.subarray(0, cellCount));
  copyBands(book.short, bands, firstCell, columns.subarray(cellCount, 2 * cellCount));
  return {
    levelStep: book.levelStep!,
    firstCell,
    cellCount,
    longScale: book.long.scale,
    shortScale: book.short.scale,
  };
}

function copyBands({ cells, cellCount }: BookSide, bands: number, firstCell: number, target: Float64Array): void {
  target.fill(0);
  for (let band = 0; band < leverageBandCount; band++) {
    if ((bands & (1 << band)) === 0) continue;
    const start = band * cellCount + firstCell;
    for (let i = 0; i < target.length; i++) target[i]! += cells[start + i]!;
  }
}

/** @returns columns in shared memory. */
export function levelsOfWindow(window: BookWindow): Levels {
  const { columns, firstCell, cellCount, levelStep, longScale, shortScale } = window;
  const levelCount = levelRoom(cellCount);
  const { number, longDensity, shortDensity } = levelColumns(levelCount);
  const firstLevel = firstCell / cellsPerLevel;
  let count = 0;
  for (let level = 0; level < levelCount; level++) {
    const start = level * cellsPerLevel;
    const end = Math.min(start + cellsPerLevel, cellCount);
    let long = 0;
    for (let cell = start; cell < end; cell++) long += columns[cell]!;
    let short = 0;
    for (let cell = Math.max(start - cellsPerLevel + 1, 0); cell <= start && cell < cellCount; cell++) {
      short += columns[cellCount + cell]!;
    }
    const price = levelPrice(levelStep, firstLevel + level);
    const longUsd = Math.round(long * longScale * price);
    const shortUsd = Math.round(short * shortScale * price);
    if (longUsd === 0 && shortUsd === 0) continue;
    number[count] = firstLevel + level;
    longDensity[count] = longUsd;
    shortDensity[count] = shortUsd;
    count++;
  }
  return { count, number, longDensity, shortDensity };
}

/** Room for levels, in shared memory. */
export function levelColumns(levelCount: number): Omit<Levels, 'count'> {
  const memory = new SharedArrayBuffer(3 * levelCount * Float64Array.BYTES_PER_ELEMENT);
  const column = (place: number) =>
    new Float64Array(memory, place * levelCount * Float64Array.BYTES_PER_ELEMENT, levelCount);
  return { number: column(0), longDensity: column(1), shortDensity: column(2) };
}

export function windowBounds(book: Book, range: number): { firstCell: number; cellCount: number } {
  const center = book.price / book.tick;
  const last = book.long.cellCount;
  const firstLevel = Math.max(Math.floor((center * (1 - range)) / cellsPerLevel), 0);
  const firstCell = Math.min(firstLevel * cellsPerLevel, Math.floor(last / cellsPerLevel) * cellsPerLevel);
  const end = Math.min(Math.ceil((center * (1 + range)) / cellsPerLevel) * cellsPerLevel + 1, last);
  return { firstCell, cellCount: Math.max(end - firstCell, 0) };
}
