/**
 * What is scored: minutes of price and volume with open interest, and beside them how much was liquidated in each interval.
 *
 * A liquidated total belongs to the interval that begins at its time. Totals never get near a book: they are kept apart from the
 * observations here, and `look-ahead.ts` checks that no forecast depends on them.
 */
import type { Observation, PositionSide } from '../market/event.ts';

export type RecordedObservation = Extract<Observation, { kind: 'candle' | 'open_interest' }>;

export interface LiquidatedTotal {
  /** Start of the interval, ms since 1970. */
  readonly time: number;
  /** USD of long positions that were force-closed, of all venues that the source knows. */
  readonly longUsd: number;
  readonly shortUsd: number;
}

export interface Recording {
  readonly symbol: string;
  /** In the order in which they were known: by `time`; at the same time the candle that ends before the open interest. */
  readonly observations: readonly RecordedObservation[];
  readonly totals: readonly LiquidatedTotal[];
  readonly intervalMs: number;
}

export const sides: readonly PositionSide[] = ['long', 'short'];

export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

export function liquidatedUsd({ longUsd, shortUsd }: LiquidatedTotal, side: PositionSide): number {
  return side === 'long' ? longUsd : shortUsd;
}

/** Day (UTC) of a time, as days since 1970: the block of the bootstrap. */
export function dayOf(time: number): number {
  return Math.floor(time / 86_400_000);
}

/** The same recording as it would have been at `to`, with the totals of `from` (inclusive) to `to` (exclusive). */
export function withTotalsOf(recording: Recording, from: number, to: number): Recording {
  return {
    ...recording,
    observations: recording.observations.filter(({ time }) => time <= to),
    totals: recording.totals.filter(({ time }) => time >= from && time + recording.intervalMs <= to),
  };
}
