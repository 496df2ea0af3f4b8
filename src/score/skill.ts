/**
 * The measures of interval skill of one side, with their intervals by day blocks: how the forecast ranks, what of that is left when
 * the size of the move or the age of the ground is known, and whether its USD are the right USD.
 */
import type { JudgedPath } from './price-path.ts';
import { type BootstrapOptions, dayBootstrap, type Estimate, effectiveDays } from './statistics/day-bootstrap.ts';
import { logSlope } from './statistics/log-slope.ts';
import { partialRankCorrelation, rankCorrelation } from './statistics/rank-correlation.ts';
import { topDecileAuc, topDecileCapture } from './statistics/top-decile.ts';

export const measureNames = [
  'rank',
  'givenMove',
  'givenAge',
  'givenExcursion',
  'ratio',
  'slope',
  'auc',
  'capture',
] as const;
export type MeasureName = (typeof measureNames)[number];

export interface SideSkill {
  readonly intervals: number;
  readonly effectiveDays: number;
  readonly measures: Readonly<Record<MeasureName, Estimate>>;
}

/** What is judged: a value an interval of one side. */
export interface SideSeries {
  readonly predicted: ArrayLike<number>;
  readonly liquidated: ArrayLike<number>;
  readonly side: 'long' | 'short';
  readonly paths: readonly JudgedPath[];
}

/** The given intervals of the series; `all` or those on fresh ground. */
export function sideSkill(
  { predicted, liquidated, side, paths }: SideSeries,
  places: readonly number[],
  options: BootstrapOptions,
  names: readonly MeasureName[] = measureNames,
): SideSkill {
  const days = places.map((place) => paths[place]!.day);
  const pick = (values: ArrayLike<number>) => places.map((place) => values[place]!);
  const [x, y] = [pick(predicted), pick(liquidated)];
  const known = (name: 'move' | 'ageHours' | 'excursion') => places.map((place) => paths[place]![side][name]);
  const [move, age, excursion] = [known('move'), known('ageHours'), known('excursion')];
  const of = (values: readonly number[], rows: readonly number[]) => rows.map((row) => values[row]!);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const statistics: Record<MeasureName, (rows: readonly number[]) => number> = {
    rank: (rows) => rankCorrelation(of(x, rows), of(y, rows)),
    givenMove: (rows) => partialRankCorrelation(of(x, rows), of(y, rows), of(move, rows)),
    givenAge: (rows) => partialRankCorrelation(of(x, rows), of(y, rows), of(age, rows)),
    givenExcursion: (rows) => partialRankCorrelation(of(x, rows), of(y, rows), of(excursion, rows)),
    ratio: (rows) => sum(of(x, rows)) / sum(of(y, rows)),
    slope: (rows) => logSlope(of(x, rows), of(y, rows)),
    auc: (rows) => topDecileAuc(of(x, rows), of(y, rows)),
    capture: (rows) => topDecileCapture(of(x, rows), of(y, rows)),
  };
  const measures = Object.fromEntries(names.map((name) => [name, dayBootstrap(days, statistics[name], options)]));
  return { intervals: places.length, effectiveDays: effectiveDays(days), measures: measures as SideSkill['measures'] };
}

/** Intervals whose price went beyond all that was traded in the 12 hours before. */
export function freshPlaces(paths: readonly JudgedPath[], side: 'long' | 'short'): number[] {
  return paths.flatMap((path, place) => (path[side].depth > 0 ? [place] : []));
}
