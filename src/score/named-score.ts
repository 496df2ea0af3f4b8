/** One forecast judged: its skill by side and ground, with intervals by days. */
import type { PositionSide } from '../market/event.ts';
import type { JudgedPath } from './price-path.ts';
import { sides } from './recording.ts';
import { calibrated, type Series, sumOf } from './rivals.ts';
import { freshPlaces, type MeasureName, type SideSkill, sideSkill } from './skill.ts';
import { type BootstrapOptions, dayBootstrap, type Estimate } from './statistics/day-bootstrap.ts';
import { totalDeviance } from './statistics/tweedie-deviance.ts';

export interface SideScore {
  readonly all: SideSkill;
  readonly fresh: SideSkill;
  /** 1 − deviance ÷ deviance of the mean: 0 is no skill, 1 is no error. */
  readonly devianceSkill: number;
}

export interface NamedScore {
  readonly name: string;
  readonly sides: Readonly<Record<PositionSide, SideScore>>;
}

export interface Judged {
  readonly name: string;
  readonly series: Series;
  readonly observed: Series;
  readonly paths: readonly JudgedPath[];
  /** A rival is given the scale that suits it best; the model stands by its USD. */
  readonly isRival: boolean;
}

export function namedScore(
  { name, series, observed, paths, isRival }: Judged,
  options: BootstrapOptions,
  names: readonly MeasureName[] | undefined,
): NamedScore {
  const everywhere = paths.map((_, place) => place);
  const [long, short] = sides.map((side): SideScore => {
    const one = { predicted: series[side], liquidated: observed[side], side, paths };
    const inUsd = isRival ? calibrated(series[side], observed[side]) : series[side];
    const mean = new Float64Array(paths.length).fill(sumOf(observed[side]) / paths.length);
    return {
      all: sideSkill(one, everywhere, options, names),
      fresh: sideSkill(one, freshPlaces(paths, side), options, names),
      devianceSkill: 1 - totalDeviance(observed[side], inUsd) / totalDeviance(observed[side], mean),
    };
  });
  return { name, sides: { long: long!, short: short! } };
}

/** Share of the intervals with liquidations whose larger side was foreseen. */
export function sideAccuracy(
  predicted: Series,
  observed: Series,
  paths: readonly JudgedPath[],
  options: BootstrapOptions,
): Estimate {
  const places = paths.flatMap((_, i) => (observed.long[i] !== observed.short[i] ? [i] : []));
  const isRight = places.map(
    (i) => predicted.long[i]! > predicted.short[i]! === observed.long[i]! > observed.short[i]!,
  );
  const share = (rows: readonly number[]) => rows.filter((row) => isRight[row]).length / rows.length;
  return dayBootstrap(
    places.map((i) => paths[i]!.day),
    share,
    options,
  );
}
