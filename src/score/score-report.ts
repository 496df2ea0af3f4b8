/**
 * The whole score of one recording: the forecast's skill by side and ground, its rivals, placebos and ablation on the same intervals,
 * calibration, and the book's health. Plain data; the same recording, parameters and seed give the same report.
 */
import type { PositionSide } from '../market/event.ts';
import { type Ablation, ablationsOf } from './ablation.ts';
import { type BookHealth, bookHealth } from './book-health.ts';
import { type CalibrationStep, calibrationSteps, type DistanceStep, distanceSteps } from './calibration.ts';
import { forecast, segmentsOf } from './forecast.ts';
import { checkForecaster, checkOpenInterestTiming, type OpenInterestTiming } from './look-ahead.ts';
import { type NamedScore, namedScore, sideAccuracy } from './named-score.ts';
import type { ForecastParameters } from './parameters.ts';
import { placebosOf } from './placebos.ts';
import { intervalPaths } from './price-path.ts';
import { liquidatedUsd, type Recording } from './recording.ts';
import { rivalsOf, type Series, seriesOf } from './rivals.ts';
import type { MeasureName } from './skill.ts';
import type { BootstrapOptions, Estimate } from './statistics/day-bootstrap.ts';

export interface ScoreReport {
  readonly intervals: number;
  readonly days: number;
  readonly first: number;
  readonly last: number;
  readonly model: NamedScore;
  /** Share of the intervals with liquidations whose larger side was foreseen. */
  readonly sideAccuracy: Estimate;
  readonly rivals: readonly NamedScore[];
  readonly placebos: readonly NamedScore[];
  readonly ablation: readonly NamedScore[];
  readonly calibration: Readonly<Record<PositionSide, readonly CalibrationStep[]>>;
  readonly byDistance: Readonly<Record<PositionSide, readonly DistanceStep[]>>;
  readonly health: BookHealth;
  readonly openInterestTiming: OpenInterestTiming | null;
}

export interface ScoreOptions extends BootstrapOptions {
  readonly onProgress?: (done: number, total: number) => void;
}

const rivalMeasures: readonly MeasureName[] = ['rank', 'givenMove', 'auc', 'capture'];
const ablationMeasures: readonly MeasureName[] = ['rank', 'givenMove', 'givenAge', 'ratio', 'slope'];

/** @throws {RecordingError} when the recording or the forecast knows the future. */
export function scoreReport(recording: Recording, model: ForecastParameters, options: ScoreOptions): ScoreReport {
  const openInterestTiming = checkOpenInterestTiming(recording.observations);
  const paths = intervalPaths(recording);
  checkForecaster(recording, (one) => forecast(segmentsOf(one), paths, model));
  const forecasts = forecast(segmentsOf(recording), paths, model);
  const observed = seriesOf(paths.length, (side, place) => liquidatedUsd(recording.totals[place]!, side));
  const predicted = seriesOf(paths.length, (side, place) => forecasts[place]![side].total);
  const rivals = rivalsOf(recording, paths, model);
  const placebos = placebosOf(forecasts, recording.intervalMs, options.seed);
  const ablations = ablationsOf(recording, paths, model);
  let done = 0;
  const total = 1 + rivals.length + placebos.length + ablations.length;
  const scored = (name: string, series: Series, names: readonly MeasureName[] | undefined, isRival: boolean) => {
    const score = namedScore({ name, series, observed, paths, isRival }, options, names);
    options.onProgress?.(++done, total);
    return score;
  };
  const ofAblation = ({ name, forecasts: changed }: Ablation) =>
    scored(
      name,
      seriesOf(paths.length, (side, place) => changed[place]![side].total),
      ablationMeasures,
      false,
    );
  const bySide = <T>(of: (side: PositionSide) => T) => ({ long: of('long'), short: of('short') });
  return {
    intervals: paths.length,
    days: new Set(paths.map(({ day }) => day)).size,
    first: paths[0]!.time,
    last: paths.at(-1)!.time,
    model: scored('heatline', predicted, undefined, false),
    sideAccuracy: sideAccuracy(predicted, observed, paths, options),
    rivals: rivals.map(({ name, series }) => scored(name, series, rivalMeasures, true)),
    placebos: placebos.map(({ name, series }) => scored(name, series, rivalMeasures, true)),
    ablation: ablations.map(ofAblation),
    calibration: bySide((side) => calibrationSteps(predicted[side], observed[side])),
    byDistance: bySide((side) => distanceSteps(side, predicted[side], observed[side], paths)),
    health: bookHealth(recording, paths, model),
    openInterestTiming,
  };
}
