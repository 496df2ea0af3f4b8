/**
 * A rival of the book for the ablation: the same opens over the same ladder, but without sweeping, or without closing. What it says of
 * an interval is what it holds between the opening price and the extreme.
 */
import { closeTo, emptySide, place, sweep } from '../market/book-side.ts';
import type { PositionSide } from '../market/event.ts';
import { leverageLadder } from '../market/leverage-ladder.ts';
import { marginTierSet, tiersOf } from '../market/margin-tiers.ts';
import { levelStepFor, tickOf } from '../market/price-grid.ts';
import type { ForecastParameters } from './parameters.ts';
import type { IntervalPath } from './price-path.ts';
import { type Recording, sides } from './recording.ts';

export interface PlainBookRules {
  readonly isSwept: boolean;
  readonly isClosed: boolean;
}

/** Room above the highest price of the recording, for shorts. */
const headroom = 2.2;

/** @returns USD swept, an entry an interval, by side. */
export function plainForecast(
  { symbol, observations }: Recording,
  paths: readonly IntervalPath[],
  { ladder: parameters, tiers, churn, link }: ForecastParameters,
  { isSwept, isClosed }: PlainBookRules,
): Record<PositionSide, Float64Array> {
  const ladder = leverageLadder({ ...parameters, version: 0 }, tiersOf(marginTierSet(tiers)!, symbol));
  const tick = tickOf(levelStepFor(paths[0]!.open));
  const highest = observations.reduce((top, o) => (o.kind === 'candle' ? Math.max(top, o.high) : top), 0);
  const books = sides.map((side) => emptySide(side, Math.ceil((highest / tick) * headroom) + 1));
  const swept = { long: new Float64Array(paths.length), short: new Float64Array(paths.length) };
  let openInterest = Number.NaN;
  let price = Number.NaN;
  let at = 0;
  for (const [i, path] of paths.entries()) {
    for (; at < observations.length && observations[at]!.time <= path.time; at++) {
      const observation = observations[at]!;
      let opens: number;
      if (observation.kind === 'candle') {
        price = observation.close;
        opens = (link.volumeFactor * (1 - churn) * observation.volume) / 2;
      } else {
        opens = Number.isNaN(openInterest) ? observation.contracts : observation.contracts - openInterest;
        openInterest = observation.contracts;
      }
      for (const book of books) {
        if (isSwept && observation.kind === 'candle') {
          sweep(book, (book.side === 'long' ? observation.low : observation.high) / tick);
        }
        if (opens > 0 && price > 0) place(book, price / tick, opens, ladder);
        if (isClosed && openInterest > 0) closeTo(book, openInterest);
      }
    }
    for (const { side, cells, cellCount, scale } of books) {
      const [from, to] = side === 'long' ? [path.low, path.open] : [path.open, path.high];
      let usd = 0;
      for (let cell = Math.ceil(from / tick); cell <= Math.floor(to / tick); cell++) {
        for (let place = cell; place < cells.length; place += cellCount) usd += cells[place]! * cell;
      }
      swept[side][i] = usd * scale * tick;
    }
  }
  return swept;
}
