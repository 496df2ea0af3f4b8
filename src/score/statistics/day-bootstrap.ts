/**
 * Intervals of a statistic by drawing whole days with replacement: half-hours of a day go together, so rows are no evidence of their
 * own. The same seed draws the same days.
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export interface Estimate {
  readonly value: number;
  /** Central 95 % of the draws. NaN where fewer than half of them had a value. */
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  readonly draws: number;
  readonly seed: number;
}

/** `statistic` is given places of rows; places of a day that was drawn twice come twice. */
export function dayBootstrap(
  dayOfRow: ArrayLike<number>,
  statistic: (rows: readonly number[]) => number,
  { draws, seed }: BootstrapOptions,
): Estimate {
  const days = rowsByDay(dayOfRow);
  const random = xoroshiro128plus(seed);
  const values: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const rows = days.flatMap(() => days[uniformInt(random, 0, days.length - 1)]!);
    const value = statistic(rows);
    if (Number.isFinite(value)) values.push(value);
  }
  const isEnough = values.length > 0 && values.length >= draws / 2;
  values.sort((a, b) => a - b);
  const quantile = (share: number) => (isEnough ? values[Math.round(share * (values.length - 1))]! : Number.NaN);
  return { value: statistic(days.flat()), low: quantile(0.025), high: quantile(0.975) };
}

/** Days that rows spread unevenly over days are worth: `(Σ n)² / Σ n²` of the rows a day (Kish's effective size). */
export function effectiveDays(dayOfRow: ArrayLike<number>): number {
  const counts = rowsByDay(dayOfRow).map((rows) => rows.length);
  const sum = counts.reduce((total, count) => total + count, 0);
  return sum === 0 ? 0 : sum ** 2 / counts.reduce((total, count) => total + count ** 2, 0);
}

function rowsByDay(dayOfRow: ArrayLike<number>): number[][] {
  const days = new Map<number, number[]>();
  for (let row = 0; row < dayOfRow.length; row++) {
    const rows = days.get(dayOfRow[row]!);
    if (rows === undefined) days.set(dayOfRow[row]!, [row]);
    else rows.push(row);
  }
  return [...days.values()];
}
