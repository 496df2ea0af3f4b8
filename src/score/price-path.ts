/**
 * What an interval's price did, and what the ground it crossed had been through: everything that a forecast and its baselines may
 * know beside the book. It follows from the candles alone, so it is made once for any number of forecasts.
 *
 * The price path within the interval is given to every forecast and baseline alike; its volume and open interest to none.
 */
import type { PositionSide } from '../market/event.ts';
import { dayOf, type Recording, RecordingError, sides } from './recording.ts';

/** One candle of the interval. USD. */
export interface PathStep {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export interface IntervalPath {
  readonly time: number;
  readonly day: number;
  /** Last price before the interval. */
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly steps: readonly PathStep[];
  /** Contracts a step (one-sided), mean of the day before the interval. */
  readonly meanVolume: number;
  readonly stepMs: number;
  readonly long: SidePath;
  readonly short: SidePath;
}

/** What the path did against positions of one side; shares of the opening price. */
export interface SidePath {
  /** From the opening price to the lowest low (for longs; for shorts to the highest high). */
  readonly move: number;
  /** Deepest fall from any close of the path, the opening price included, to a later low. */
  readonly excursion: number;
  /** How far it went beyond what was traded in the 12 hours before; 0 when it did not. */
  readonly depth: number;
  /** Hours since the extreme price was last traded, as far as the recording knows. */
  readonly ageHours: number;
  /** Contracts traded during the day before at closes within what the path crossed. */
  readonly profile: number;
}

/** As much of a path as a forecast is judged by. */
export type JudgedPath = Pick<IntervalPath, 'day'> & Readonly<Record<PositionSide, JudgedSide>>;
export type JudgedSide = Omit<SidePath, 'profile'>;

export const freshHours = 12;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** @throws {RecordingError} when a total has no candles before or within its interval. */
export function intervalPaths({ observations, totals, intervalMs }: Recording): IntervalPath[] {
  const candles = observations.filter((observation) => observation.kind === 'candle');
  let first = 0;
  return totals.map(({ time }) => {
    while (first < candles.length && candles[first]!.time <= time) first++;
    let end = first;
    while (end < candles.length && candles[end]!.time <= time + intervalMs) end++;
    const within = candles.slice(first, end);
    const before = candles.slice(firstAfter(candles, time - dayMs), first);
    if (within.length === 0 || before.length === 0) {
      const when = new Date(time).toISOString();
      throw new RecordingError(`the interval at ${when} has no candles ${within.length === 0 ? 'in' : 'before'} it`);
    }
    const open = before.at(-1)!.close;
    const path = {
      time,
      day: dayOf(time),
      open,
      high: Math.max(open, ...within.map(({ high }) => high)),
      low: Math.min(open, ...within.map(({ low }) => low)),
      steps: within,
      meanVolume: before.reduce((sum, { volume }) => sum + volume, 0) / before.length,
      stepMs: within[0]!.time - within[0]!.id,
    };
    const known = candles.slice(0, first);
    const [long, short] = sides.map((side) => sidePath(side, path, known, before));
    return { ...path, long: long!, short: short! };
  });
}

type Candle = { readonly time: number; readonly volume: number } & PathStep;

function firstAfter(candles: readonly Candle[], time: number): number {
  let [low, high] = [0, candles.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (candles[middle]!.time > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

function sidePath(
  side: PositionSide,
  path: Pick<IntervalPath, 'time' | 'open' | 'high' | 'low' | 'steps'>,
  known: readonly Candle[],
  lastDay: readonly Candle[],
): SidePath {
  const { time, open, steps } = path;
  const isLong = side === 'long';
  const extreme = isLong ? path.low : path.high;
  const recent = known.slice(firstAfter(known, time - freshHours * hourMs));
  const edge = isLong ? Math.min(...recent.map(({ low }) => low)) : Math.max(...recent.map(({ high }) => high));
  const lastTouch = known.findLast(({ low, high }) => (isLong ? low <= extreme : high >= extreme));
  const crossed = ({ close }: Candle) =>
    isLong ? close >= extreme && close <= open : close <= extreme && close >= open;
  return {
    move: Math.abs(open - extreme) / open,
    excursion: excursionOf(isLong, open, steps),
    depth: Math.max(isLong ? edge - extreme : extreme - edge, 0) / open,
    ageHours: (time - (lastTouch?.time ?? known[0]!.time)) / hourMs,
    profile: lastDay.reduce((sum, candle) => (crossed(candle) ? sum + candle.volume : sum), 0),
  };
}

/** Deepest fall (rise, for shorts) from any close of the path, the opening price included; a share of it. */
export function excursionOf(isLong: boolean, open: number, steps: readonly PathStep[]): number {
  let best = open;
  let deepest = 0;
  for (const { high, low, close } of steps) {
    deepest = Math.max(deepest, isLong ? (best - low) / best : (high - best) / best);
    best = isLong ? Math.max(best, close) : Math.min(best, close);
  }
  return deepest;
}
