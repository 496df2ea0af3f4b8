/** A side's contracts ÷ scale by price cell, all leverage bands together. */
import type { BookSide } from '../../src/market/book-side.ts';

export function bookCells({ cells, cellCount }: BookSide): Float64Array {
  const sums = new Float64Array(cellCount);
  for (const [at, mass] of cells.entries()) sums[at % cellCount]! += mass;
  return sums;
}
