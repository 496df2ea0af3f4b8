/**
 * The display levels of books that are looked at again and again: only what events touched since the last look is summed anew.
 * Gives the same numbers, bit for bit, as `levelsOfWindow` of a fresh copy.
 */
import type { Book } from './book.ts';
import type { BookSide } from './book-side.ts';
import { cellCountOf, type Levels, windowBounds } from './book-window.ts';
import { leverageBandCount } from './leverage-bands.ts';
import { cellsPerLevel, levelPrice, levelRoom } from './price-grid.ts';
import type { BookView } from './symbol-book.ts';

export class LevelSums {
  readonly #bands: number;
  readonly #parts = new Map<Book, BookSums>();
  /** USD by level number. */
  #prices = new Float64Array(0);

  /** @param bands a bit each leverage band that counts. Nobody else may sum up the books that are looked at. */
  constructor(bands: number) {
    this.#bands = bands;
  }

  /**
   * The view must have a price.
   *
   * @param range share of the price on either side of it.
   * @param memory room for `levelRoom` of the books' cells; the answer lies in it.
   */
  levels(view: BookView, range: number, memory: Omit<Levels, 'count'>): Levels {
    const last = cellCountOf(view.books);
    this.#makeRoom(view, levelRoom(last));
    const { firstCell, cellCount } = windowBounds(view, range);
    const firstLevel = firstCell / cellsPerLevel;
    // Where cells go on behind the window, its last one begins the last level whose shorts all lie in it.
    const isCut = firstCell + cellCount < last;
    const levelCount = isCut ? Math.floor((cellCount - 1) / cellsPerLevel) + 1 : levelRoom(cellCount);
    const endLevel = Math.min(firstLevel + levelCount, this.#prices.length);
    const parts = view.books.map((book) => this.#sumsOf(book, firstLevel, endLevel));
    const { number, longDensity, shortDensity } = memory;
    let count = 0;
    for (let level = firstLevel; level < endLevel; level++) {
      let longs = 0;
      let shorts = 0;
      for (const { book, long, short } of parts) {
        if (!isCut || level < endLevel - 1) longs += (long[level] ?? 0) * book.long.scale;
        if (firstLevel === 0 || level > firstLevel) shorts += (short[level] ?? 0) * book.short.scale;
      }
      const price = this.#prices[level]!;
      const longUsd = Math.round(longs * price);
      const shortUsd = Math.round(shorts * price);
      if (longUsd === 0 && shortUsd === 0) continue;
      number[count] = level;
      longDensity[count] = longUsd;
      shortDensity[count] = shortUsd;
      count++;
    }
    return { count, number, longDensity, shortDensity };
  }

  #sumsOf(book: Book, firstLevel: number, endLevel: number): BookSums {
    let sums = this.#parts.get(book);
    if (sums === undefined) {
      sums = new BookSums(book, this.#bands);
      this.#parts.set(book, sums);
    }
    sums.look(firstLevel, endLevel);
    return sums;
  }

  #makeRoom({ levelStep }: BookView, levels: number): void {
    if (this.#prices.length === levels) return;
    this.#prices = Float64Array.from({ length: levels }, (_, level) => levelPrice(levelStep!, level));
  }
}

/** Contracts ÷ scale of one book, by level number. */
class BookSums {
  readonly book: Book;
  readonly #bands: number;
  long = new Float64Array(0);
  short = new Float64Array(0);

  constructor(book: Book, bands: number) {
    this.book = book;
    this.#bands = bands;
    for (const side of [book.long, book.short]) side.touched = new Uint8Array(levelRoom(side.cellCount)).fill(1);
  }

  look(firstLevel: number, endLevel: number): void {
    const { long, short } = this.book;
    const levels = levelRoom(long.cellCount);
    if (this.long.length !== levels) {
      this.long = new Float64Array(levels);
      this.short = new Float64Array(levels);
      long.touched!.fill(1);
      short.touched!.fill(1);
    }
    const end = Math.min(endLevel, levels);
    this.#sum(long, this.long, firstLevel, end);
    this.#sum(short, this.short, firstLevel, end);
  }

  #sum(side: BookSide, sums: Float64Array, firstLevel: number, endLevel: number): void {
    const { cells, cellCount } = side;
    const touched = side.touched!;
    const offset = side.side === 'long' ? 0 : 1 - cellsPerLevel;
    for (let level = firstLevel; level < endLevel; level++) {
      if (touched[level] === 0) continue;
      touched[level] = 0;
      const from = Math.max(level * cellsPerLevel + offset, 0);
      const to = Math.min(level * cellsPerLevel + offset + cellsPerLevel, cellCount);
      let sum = 0;
      for (let cell = from; cell < to; cell++) {
        let mass = 0;
        for (let band = 0; band < leverageBandCount; band++) {
          if ((this.#bands & (1 << band)) !== 0) mass += cells[band * cellCount + cell]!;
        }
        sum += mass;
      }
      sums[level] = sum;
    }
  }
}
