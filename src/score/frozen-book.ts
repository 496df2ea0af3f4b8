/**
 * A book as it was at one moment, as small as a forecast needs it: contracts by price, the leverage bands added up. The forecast over it
 * is the one of `forecast.ts`.
 */
import type { BookSide } from '../market/book-side.ts';
import type { PositionSide } from '../market/event.ts';
import { type SweptSide, sweptUsd } from './forecast.ts';

/** What of a book is frozen. */
export interface FreezableBook {
  readonly price: number;
  readonly hasMark: boolean;
  readonly tick: number;
  readonly long: BookSide;
  readonly short: BookSide;
}

export interface FrozenBook {
  readonly price: number;
  readonly hasMark: boolean;
  readonly tick: number;
  readonly long: SweptSide;
  readonly short: SweptSide;
}

/** @param book that has a price. It goes on; what is given back stays. */
export function frozenBook({ price, hasMark, tick, long, short }: FreezableBook): FrozenBook {
  return { price, hasMark, tick, long: frozenSide(long), short: frozenSide(short) };
}

function frozenSide({ side, cells, cellCount, edge, scale }: BookSide): SweptSide {
  const sums = new Float64Array(cellCount);
  for (let from = 0; from < cells.length; from += cellCount) {
    for (let cell = 0; cell < cellCount; cell++) sums[cell]! += cells[from + cell]!;
  }
  return { side, cells: sums, cellCount, edge, scale };
}

/** USD that a move to `extreme` would sweep. */
export function foreseenUsd(book: FrozenBook, side: PositionSide, extreme: number): number {
  return sweptUsd(book[side], book.tick, extreme);
}

/** USD that moves of these shares of the price against the side would sweep. */
export function sweptCurve(book: FrozenBook, side: PositionSide, distances: readonly number[]): number[] {
  return distances.map((share) => foreseenUsd(book, side, book.price * (side === 'long' ? 1 - share : 1 + share)));
}
