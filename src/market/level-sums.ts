/**
 * The display levels of a book that is looked at again and again: only what events touched since the last look is summed anew.
 * Gives the same numbers, bit for bit, as `levelsOfWindow` of a fresh copy.
 */
import type { Book } from './book.ts';
import type { BookSide } from './book-side.ts';
import { type Levels, windowBounds } from './book-window.ts';
import { leverageBandCount } from './leverage-bands.ts';
import { cellsPerLevel, levelPrice, levelRoom } from './price-grid.ts';

export class LevelSums {
  readonly #book: Book;
  readonly #bands: number;
  #long = new Float64Array(0);
  #short = new Float64Array(0);
  /** USD by level number. */
  #prices = new Float64Array(0);

  /** @param bands a bit each leverage band that counts. Nobody else may sum up this book. */
  constructor(book: Book, bands: number) {
    this.#book = book;
    this.#bands = bands;
    for (const side of [book.long, book.short]) side.touched = new Uint8Array(levelRoom(side.cellCount)).fill(1);
  }

  /**
   * The book must have a price.
   *
   * @param range share of the price on either side of it.
   * @param memory room for `levelRoom` of the book's cells; the answer lies in it.
   */
  levels(range: number, memory: Omit<Levels, 'count'>): Levels {
    const { long, short } = this.#book;
    this.#makeRoom(levelRoom(long.cellCount));
    const { firstCell, cellCount } = windowBounds(this.#book, range);
    const firstLevel = firstCell / cellsPerLevel;
    // Where cells go on behind the window, its last one begins the last level whose shorts all lie in it.
    const isCut = firstCell + cellCount < long.cellCount;
    const levelCount = isCut ? Math.floor((cellCount - 1) / cellsPerLevel) + 1 : levelRoom(cellCount);
    const endLevel = Math.min(firstLevel + levelCount, this.#prices.length);
    this.#sum(long, this.#long, firstLevel, endLevel);
    this.#sum(short, this.#short, firstLevel, endLevel);
    const { number, longDensity, shortDensity } = memory;
    let count = 0;
    for (let level = firstLevel; level < endLevel; level++) {
      const price = this.#prices[level]!;
      const longUsd = Math.round(this.#long[level]! * long.scale * price);
      const shortUsd = Math.round(this.#short[level]! * short.scale * price);
      if (longUsd === 0 && shortUsd === 0) continue;
      number[count] = level;
      longDensity[count] = longUsd;
      shortDensity[count] = shortUsd;
      count++;
    }
    return { count, number, longDensity, shortDensity };
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

  #makeRoom(levels: number): void {
    if (this.#prices.length === levels) return;
    this.#long = new Float64Array(levels);
    this.#short = new Float64Array(levels);
    this.#prices = Float64Array.from({ length: levels }, (_, level) => levelPrice(this.#book.levelStep!, level));
    this.#book.long.touched!.fill(1);
    this.#book.short.touched!.fill(1);
  }
}
