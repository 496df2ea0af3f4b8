/** Whether the forecast's USD are the right USD: by how much was foreseen, and by how far price went. */
import type { PositionSide } from '../market/event.ts';
import type { IntervalPath } from './price-path.ts';
import { rankCorrelation } from './statistics/rank-correlation.ts';

/** Means of the intervals of one tenth, from the least foreseen to the most. USD. */
export interface CalibrationStep {
  readonly predicted: number;
  readonly liquidated: number;
  readonly intervals: number;
}

/** Intervals whose move lies within the bounds. */
export interface DistanceStep {
  /** Shares of the price. */
  readonly from: number;
  readonly to: number;
  readonly intervals: number;
  readonly rank: number;
  /** Foreseen ÷ liquidated. */
  readonly ratio: number;
}

const tenths = 10;
/** Where each step of the move begins, shares of the price; the last has no end. */
export const moveBounds: readonly number[] = [0, 0.001, 0.002, 0.004, 0.008, 0.016];

export function calibrationSteps(predicted: ArrayLike<number>, liquidated: ArrayLike<number>): CalibrationStep[] {
  const order = Array.from({ length: predicted.length }, (_, i) => i).sort((i, j) => predicted[i]! - predicted[j]!);
  const steps = Array.from({ length: tenths }, (_, step) => {
    const places = order.slice(
      Math.round((step * order.length) / tenths),
      Math.round(((step + 1) * order.length) / tenths),
    );
    const mean = (values: ArrayLike<number>) => places.reduce((sum, i) => sum + values[i]!, 0) / places.length;
    return { predicted: mean(predicted), liquidated: mean(liquidated), intervals: places.length };
  });
  return steps.filter(({ intervals }) => intervals > 0);
}

export function distanceSteps(
  side: PositionSide,
  predicted: ArrayLike<number>,
  liquidated: ArrayLike<number>,
  paths: readonly IntervalPath[],
): DistanceStep[] {
  const steps = moveBounds.map((from, step) => {
    const to = moveBounds[step + 1] ?? 1;
    const places = paths.flatMap((path, i) => (path[side].move >= from && path[side].move < to ? [i] : []));
    const [x, y] = [predicted, liquidated].map((values) => places.map((i) => values[i]!));
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    return { from, to, intervals: places.length, rank: rankCorrelation(x!, y!), ratio: sum(x!) / sum(y!) };
  });
  return steps.filter(({ intervals }) => intervals > 0);
}
