/**
 * The score of predictions that were frozen before their intervals, with the measures of an offline score. Rivals are what the same path
 * says without a map; maps that lack one thing would have to be folded beside the book and are left to the offline score.
 */
import type { PositionSide } from '../market/event.ts';
import { type CalibrationStep, calibrationSteps } from './calibration.ts';
import type { SideForecast } from './forecast.ts';
import { type NamedScore, namedScore, sideAccuracy } from './named-score.ts';
import { placebosOf } from './placebos.ts';
import type { JudgedPath } from './price-path.ts';
import { dayOf } from './recording.ts';
import { type Rival, type Series, seriesOf } from './rivals.ts';
import type { MeasureName } from './skill.ts';
import type { BootstrapOptions, Estimate } from './statistics/day-bootstrap.ts';

/** One side of an interval that was scored. */
export interface LiveSide {
  /** USD that the frozen book held where the price went. */
  readonly predicted: number;
  /** USD that the source told of. */
  readonly liquidated: number;
  readonly move: number;
  readonly excursion: number;
  /** Null: unknown. */
  readonly depth: number | null;
  readonly ageHours: number;
}

export interface LiveInterval {
  /** ms since 1970. */
  readonly start: number;
  /** High less low, as a share of the opening price. */
  readonly range: number;
  readonly long: LiveSide;
  readonly short: LiveSide;
}

export interface LiveReport {
  readonly model: NamedScore;
  readonly sideAccuracy: Estimate;
  readonly rivals: readonly NamedScore[];
  readonly placebos: readonly NamedScore[];
  readonly calibration: Readonly<Record<PositionSide, readonly CalibrationStep[]>>;
}

/** The deviance needs something above zero; as much as the set `even` has. */
const backgroundUsd = 1;
const rivalMeasures: readonly MeasureName[] = ['rank'];

/** @param intervals in the order of time. */
export function liveReport(
  intervals: readonly LiveInterval[],
  intervalMs: number,
  options: BootstrapOptions,
): LiveReport {
  const paths = intervals.map(judgedPath);
  const of = (measure: (side: LiveSide, interval: LiveInterval) => number) =>
    seriesOf(intervals.length, (side, place) => measure(intervals[place]![side], intervals[place]!));
  const predicted = of((side) => side.predicted + backgroundUsd);
  const observed = of((side) => side.liquidated);
  const rivals: Rival[] = [
    { name: 'range of the interval', series: of((_, { range }) => range) },
    { name: 'size of the move', series: of(({ move }) => move) },
    { name: 'deepest excursion', series: of(({ excursion }) => excursion) },
    { name: 'depth into fresh ground', series: of(({ depth }) => depth ?? 0) },
    { name: 'age since last traded', series: of(({ ageHours }) => ageHours) },
  ];
  const forecasts = intervals.map(({ start }, place) => {
    const side = (name: PositionSide): SideForecast => {
      const swept = intervals[place]![name].predicted;
      return { swept, fleeting: 0, total: swept + backgroundUsd };
    };
    return { time: start, long: side('long'), short: side('short') };
  });
  const scored = (name: string, series: Series, isRival: boolean, names?: readonly MeasureName[]) =>
    namedScore({ name, series, observed, paths, isRival }, options, names);
  return {
    model: scored('heatline', predicted, false),
    sideAccuracy: sideAccuracy(predicted, observed, paths, options),
    rivals: rivals.map(({ name, series }) => scored(name, series, true, rivalMeasures)),
    placebos: placebosOf(forecasts, intervalMs, options.seed).map(({ name, series }) =>
      scored(name, series, true, rivalMeasures),
    ),
    calibration: {
      long: calibrationSteps(predicted.long, observed.long),
      short: calibrationSteps(predicted.short, observed.short),
    },
  };
}

function judgedPath({ start, long, short }: LiveInterval): JudgedPath {
  const known = ({ depth, ...rest }: LiveSide) => ({ ...rest, depth: depth ?? 0 });
  return { day: dayOf(start), long: known(long), short: known(short) };
}
