/** A side's contracts ÷ scale by price cell, all leverage bands together. */
import type { BookSide } from '../../src/market/book-side.ts';

export function bookCells({ cells, cellCount }: BookSide): Float64Array {
  const sums = new Float64Array(cellCount);
  // Plain loops: laws look at every cell after every event.
  for (let from = 0; from < cells.length; from += cellCount) {
    for (let cell = 0; cell < cellCount; cell++) sums[cell]! += cells[from + cell]!;
  }
  return sums;
}
