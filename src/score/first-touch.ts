/**
 * Level by level, where liquidations are known with their prices: whenever price enters a level, what the book held there just before
 * against what was liquidated inside.
 *
 * A level is entered from the side that endangers it: a long's from above, a short's from below. What is liquidated at its prices
 * within half an hour belongs to that entry, and only after that can it be entered anew.
 */
import { type Book, evolve } from '../market/book.ts';
import type { PositionSide } from '../market/event.ts';
import { batchesOf } from '../market/event-batch.ts';
import { cellsPerLevel } from '../market/price-grid.ts';
import { bookOf } from './forecast.ts';
import type { ForecastParameters } from './parameters.ts';
import { freshHours } from './price-path.ts';
import { dayOf, type Recording, sides } from './recording.ts';

export interface PricedLiquidation {
  readonly time: number;
  readonly side: PositionSide;
  /** Mark price at which it was triggered, USD. */
  readonly price: number;
  readonly usd: number;
}

export interface TouchedLevel {
  readonly time: number;
  readonly day: number;
  readonly side: PositionSide;
  /** Nothing was traded there for 12 hours. */
  readonly isFresh: boolean;
  /** USD that the book held in the level. */
  readonly predicted: number;
  readonly liquidated: number;
}

const touchMs = 30 * 60_000;
const freshMs = freshHours * 3_600_000;

/** @param from, to the times within which entries count; before, the book only gathers. */
export function firstTouches(
  recording: Recording,
  liquidations: readonly PricedLiquidation[],
  parameters: ForecastParameters,
  from: number,
  to: number,
): TouchedLevel[] {
  const book = bookOf(recording.symbol, parameters);
  const touches: { -readonly [K in keyof TouchedLevel]: TouchedLevel[K] }[] = [];
  const byLevel = new Map<string, (typeof touches)[number]>();
  const recent: { time: number; low: number; high: number }[] = [];
  const { volumeFactor } = parameters.link;
  for (const observation of recording.observations) {
    if (observation.kind === 'candle') {
      const { id, time, low, high, close } = observation;
      while (recent.length > 0 && recent[0]!.time <= id - freshMs) recent.shift();
      if (id >= from && time <= to) {
        const ground = {
          low: Math.min(...recent.map((one) => one.low)),
          high: Math.max(...recent.map((one) => one.high)),
        };
        for (const side of sides) {
          for (const level of entered(book, side, side === 'long' ? low : high)) {
            const key = `${side}/${level}`;
            if (id - (byLevel.get(key)?.time ?? Number.NEGATIVE_INFINITY) < touchMs) continue;
            const price = level * cellsPerLevel * book.tick;
            const isFresh = side === 'long' ? price + cellsPerLevel * book.tick <= ground.low : price >= ground.high;
            const touch = {
              time: id,
              day: dayOf(id),
              side,
              isFresh,
              predicted: levelUsd(book, side, level),
              liquidated: 0,
            };
            touches.push(touch);
            byLevel.set(key, touch);
          }
        }
        for (const one of within(liquidations, id, time)) {
          const touch = byLevel.get(`${one.side}/${levelAt(book, one.side, one.price)}`);
          if (touch !== undefined && one.time - touch.time <= touchMs) touch.liquidated += one.usd;
        }
      }
      recent.push({ time, low, high });
      for (const batch of batchesOf([{ ...observation, volume: observation.volume * volumeFactor, close }]))
        evolve(book, batch);
    } else for (const batch of batchesOf([observation])) evolve(book, batch);
  }
  return touches;
}

/** Levels beyond that of the last price, up to that of the extreme. */
function* entered(book: Book, side: PositionSide, extreme: number): Generator<number> {
  if (Number.isNaN(book.price)) return;
  const [now, last] = [levelAt(book, side, book.price), levelAt(book, side, extreme)];
  if (side === 'long') for (let level = now - 1; level >= last; level--) yield level;
  else for (let level = now + 1; level <= last; level++) yield level;
}

/** A long belongs to the level at or below its price, a short to the one at or above. */
function levelAt(book: Book, side: PositionSide, price: number): number {
  const level = price / (book.tick * cellsPerLevel);
  return side === 'long' ? Math.floor(level + 1e-9) : Math.ceil(level - 1e-9);
}

function levelUsd(book: Book, side: PositionSide, level: number): number {
  const { cells, cellCount, scale } = book[side];
  const first = level * cellsPerLevel - (side === 'long' ? 0 : cellsPerLevel - 1);
  let usd = 0;
  for (let cell = first; cell < first + cellsPerLevel; cell++) {
    for (let at = cell; at < cells.length; at += cellCount) usd += cells[at]! * cell;
  }
  return usd * scale * book.tick;
}

/** Those after `from` up to `to`; they are in the order of time. */
function within(liquidations: readonly PricedLiquidation[], from: number, to: number): readonly PricedLiquidation[] {
  let [low, high] = [0, liquidations.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (liquidations[middle]!.time > from) high = middle;
    else low = middle + 1;
  }
  let end = low;
  while (end < liquidations.length && liquidations[end]!.time <= to) end++;
  return liquidations.slice(low, end);
}
