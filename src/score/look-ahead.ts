/**
 * Whether anything knows the future. Three ways it could: a recording whose open interest is stamped too early, a forecast that reads
 * what came after its interval's start, and parameters learned from the intervals that they are judged on. Each is refused by name.
 */
import type { IntervalForecast } from './forecast.ts';
import { type RecordedObservation, type Recording, RecordingError, sides } from './recording.ts';
import { rankCorrelation } from './statistics/rank-correlation.ts';

export type Forecaster = (recording: Recording) => readonly IntervalForecast[];

export interface OpenInterestTiming {
  /** Rank correlation of the size of a change with the range and volume traded since the stamp before, and until the stamp after. */
  readonly before: number;
  readonly after: number;
}

const fewestChanges = 100;

/**
 * A change of open interest goes with what was traded before its stamp. Where it goes better with what came after, the stamps are a
 * step early.
 *
 * @throws {RecordingError} then.
 */
export function checkOpenInterestTiming(observations: readonly RecordedObservation[]): OpenInterestTiming | null {
  const changes: number[] = [];
  const traded: number[] = [];
  let [last, volume] = [Number.NaN, 0];
  for (const observation of observations) {
    if (observation.kind === 'candle') volume += observation.volume;
    else {
      if (!Number.isNaN(last)) {
        changes.push(Math.abs(observation.contracts - last));
        traded.push(volume);
      }
      last = observation.contracts;
      volume = 0;
    }
  }
  if (changes.length < fewestChanges) return null;
  const before = rankCorrelation(changes, traded);
  const after = rankCorrelation(changes.slice(0, -1), traded.slice(1));
  if (after > before) {
    const figures = `${after.toFixed(3)} with the volume after their stamps, ${before.toFixed(3)} with that before`;
    throw new RecordingError(
      `open interest is stamped too early: its changes go with later trading (${figures}); stamp each value with the time at which it held`,
    );
  }
  return { before, after };
}

/** Intervals that are looked at, evenly over the recording: each costs a fold. */
const probes = 5;

/**
 * Forecasts again with every volume and open interest after an interval's start, and all liquidations, replaced. Prices stay: the path
 * is given.
 *
 * @throws {RecordingError} when the forecast of that interval is not the same, bit for bit.
 */
export function checkForecaster(recording: Recording, forecaster: Forecaster): void {
  const { totals, observations } = recording;
  const honest = forecaster(recording);
  for (let probe = 0; probe < Math.min(probes, totals.length); probe++) {
    const place = Math.floor(((probe + 0.5) * totals.length) / Math.min(probes, totals.length));
    const { time } = totals[place]!;
    const garbled: Recording = {
      ...recording,
      observations: observations.map((observation) => (observation.time > time ? changed(observation) : observation)),
      totals: totals.map((total, i) => ({ ...total, longUsd: 1e6 * ((i % 7) + 1), shortUsd: 1e6 * ((i % 5) + 1) })),
    };
    const blind = forecaster(garbled);
    if (sides.some((side) => blind[place]![side].total !== honest[place]![side].total)) {
      const when = new Date(time).toISOString();
      throw new RecordingError(`the forecast of the interval at ${when} depends on what was known only after it began`);
    }
  }
}

function changed(observation: RecordedObservation): RecordedObservation {
  if (observation.kind === 'open_interest') return { ...observation, contracts: observation.contracts * 0.6 };
  return { ...observation, volume: observation.volume * 3, takerBuyVolume: null };
}

/** Times in ms, the end not included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** @throws {RecordingError} when an interval that is judged was among those that taught the parameters. */
export function checkHeldOut({ totals, intervalMs }: Recording, learnedOn: Span | null): void {
  if (learnedOn === null) return;
  const seen = totals.filter(({ time }) => time + intervalMs > learnedOn.from && time < learnedOn.to).length;
  if (seen > 0) {
    const [from, to] = [learnedOn.from, learnedOn.to].map((time) => new Date(time).toISOString());
    throw new RecordingError(
      `${seen} of the ${totals.length} intervals taught these parameters (${from} to ${to}); choose others with --from, or say --in-sample`,
    );
  }
}
