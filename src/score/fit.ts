/**
 * Learns the parameters of book and link from how much was liquidated: least Tweedie deviance of the liquidated USD, both sides, given
 * the forecast. Every try folds the whole recording anew, as the server would.
 *
 * Six numbers are learned. The half-life has no part where open interest is known, and churn cannot be told from the volume factor.
 */
import { forecast, type Segments, segmentsOf } from './forecast.ts';
import type { ForecastParameters } from './parameters.ts';
import { type IntervalPath, intervalPaths } from './price-path.ts';
import { liquidatedUsd, type Recording, sides } from './recording.ts';
import { nelderMead } from './statistics/nelder-mead.ts';
import { clusteredDeviations, studentQuantile } from './statistics/sandwich.ts';
import { tweedieDeviance } from './statistics/tweedie-deviance.ts';

export const learnedNames = ['nearest', 'shape', 'unlevered', 'volumeFactor', 'fleeting', 'backgroundUsd'] as const;
export type LearnedName = (typeof learnedNames)[number];

export interface Learned {
  readonly value: number;
  /** 95 % by day blocks; equal to the value where it was held fixed. */
  readonly low: number;
  readonly high: number;
}

export interface Fit {
  readonly parameters: ForecastParameters;
  readonly learned: Readonly<Record<LearnedName, Learned>>;
  readonly deviance: number;
  readonly steps: number;
  readonly days: number;
}

export interface FitOptions {
  /** Where the search begins, and what is not learned. */
  readonly start: ForecastParameters;
  /** Learned; the others keep their start. */
  readonly names?: readonly LearnedName[];
  /** Of each of the two searches. */
  readonly mostSteps?: number;
  readonly onStep?: (step: number, of: number) => void;
}

/** Each is searched on an axis without bounds. */
interface Axis {
  readonly to: (value: number) => number;
  readonly from: (position: number) => number;
  readonly width: number;
  /** For the derivatives at the end. */
  readonly step: number;
}

const logarithm: Axis = { to: Math.log, from: Math.exp, width: 0.5, step: 0.15 };
const axes: Readonly<Record<LearnedName, Axis>> = {
  nearest: logarithm,
  shape: { to: (value) => value, from: (position) => Math.min(Math.max(position, -0.95), 3), width: 0.3, step: 0.15 },
  unlevered: {
    to: (share) => Math.log(share / (1 - share)),
    from: (position) => 1 / (1 + Math.exp(-position)),
    width: 0.5,
    step: 0.15,
  },
  volumeFactor: logarithm,
  fleeting: logarithm,
  backgroundUsd: logarithm,
};

const usdUnit = 10_000;
const tolerance = 1e-6;

export function fit(recording: Recording, options: FitOptions): Fit {
  const { start, names = learnedNames, mostSteps = 200, onStep } = options;
  const paths = intervalPaths(recording);
  const segments = segmentsOf(recording);
  const parametersAt = (point: readonly number[]) =>
    withLearned(start, Object.fromEntries(names.map((name, i) => [name, axes[name].from(point[i]!)])));
  const losses = (point: readonly number[]) => lossByDay(recording, segments, paths, parametersAt(point));
  const origin = names.map((name) => axes[name].to(learnedOf(start)[name]));
  const search = (from: readonly number[], stepsBefore: number) =>
    nelderMead(
      (point) => losses(point).reduce((sum, loss) => sum + loss, 0),
      from,
      names.map((name) => axes[name].width),
      { mostSteps, tolerance, onStep: (step) => onStep?.(stepsBefore + step, 2 * mostSteps) },
    );
  // Rungs fall from cell to cell, so the loss is rough; a fresh simplex at the end of the first search gets out of its last dent.
  const first = search(origin, 0);
  const second = search(first.at, mostSteps);
  const { at, value } = second;
  const steps = first.steps + second.steps;
  const deviations = clusteredDeviations(
    losses,
    at,
    names.map((name) => axes[name].step),
  );
  const parameters = parametersAt(at);
  const days = new Set(paths.map(({ day }) => day)).size;
  const quantile = studentQuantile(days - 1);
  const learned = Object.fromEntries(
    learnedNames.map((name) => {
      const place = names.indexOf(name);
      const known = learnedOf(parameters)[name];
      if (place === -1) return [name, { value: known, low: known, high: known }];
      const bound = (sign: number) => axes[name].from(at[place]! + sign * quantile * deviations[place]!);
      return [name, { value: known, low: bound(-1), high: bound(1) }];
    }),
  ) as Record<LearnedName, Learned>;
  return { parameters, learned, deviance: value, steps, days };
}

/** The six of a set of parameters. */
export function learnedOf({ ladder, link }: ForecastParameters): Record<LearnedName, number> {
  const { nearest, shape, unlevered } = ladder;
  return { nearest, shape, unlevered, ...link };
}

export function withLearned(
  base: ForecastParameters,
  values: Partial<Record<LearnedName, number>>,
): ForecastParameters {
  const { nearest, shape, unlevered, ...link } = { ...learnedOf(base), ...values };
  return { ...base, ladder: { ...base.ladder, nearest, shape, unlevered }, link };
}

function lossByDay(
  { totals }: Recording,
  segments: Segments,
  paths: readonly IntervalPath[],
  parameters: ForecastParameters,
): number[] {
  const losses = new Map<number, number>();
  for (const [i, forecasted] of forecast(segments, paths, parameters).entries()) {
    const { day } = paths[i]!;
    for (const side of sides) {
      const loss = tweedieDeviance(liquidatedUsd(totals[i]!, side) / usdUnit, forecasted[side].total / usdUnit);
      losses.set(day, (losses.get(day) ?? 0) + loss);
    }
  }
  return [...losses.values()];
}
