/**
 * What a forecast has to beat: simple figures of the same price path, and maps that lack one thing. None sees more than the forecast.
 *
 * A rival is only a ranking; `calibrated` gives it the scale that fits the very intervals it is judged on, which favours it.
 */
import type { PositionSide } from '../market/event.ts';
import { forecast, segmentsOf } from './forecast.ts';
import type { ForecastParameters } from './parameters.ts';
import { plainForecast } from './plain-book.ts';
import type { IntervalPath, SidePath } from './price-path.ts';
import { type Recording, sides } from './recording.ts';
import { nelderMead } from './statistics/nelder-mead.ts';
import { totalDeviance } from './statistics/tweedie-deviance.ts';

/** An entry an interval, by side. */
export type Series = Record<PositionSide, Float64Array>;

export interface Rival {
  readonly name: string;
  readonly series: Series;
}

/** The usual map: five leverages of the slider, equal shares, which nobody ever measured. */
const combLeverages = [100, 50, 25, 10, 5];

export function seriesOf(count: number, measure: (side: PositionSide, place: number) => number): Series {
  const of = (side: PositionSide) => Float64Array.from({ length: count }, (_, place) => measure(side, place));
  return { long: of('long'), short: of('short') };
}

export function rivalsOf(recording: Recording, paths: readonly IntervalPath[], model: ForecastParameters): Rival[] {
  const ofPath = (name: string, measure: (side: SidePath, path: IntervalPath) => number): Rival => ({
    name,
    series: seriesOf(paths.length, (side, i) => measure(paths[i]![side], paths[i]!)),
  });
  const nearest = model.ladder.nearest;
  return [
    ofPath('uniform: range of the interval', (_, { high, low, open }) => (high - low) / open),
    // Density falling with the distance from the opening price; ranks as the size of the move does.
    ofPath('distance from the price', ({ move }) => Math.log1p(move / nearest)),
    ofPath('size of the move', ({ move }) => move),
    ofPath('deepest excursion', ({ excursion }) => excursion),
    ofPath('depth into fresh ground', ({ depth }) => depth),
    ofPath('age since last traded', ({ ageHours }) => ageHours),
    ofPath('volume profile of a day', ({ profile }) => profile),
    { name: 'static comb of five leverages', series: combSeries(recording, paths, model) },
    { name: 'no sweeping', series: plainForecast(recording, paths, model, { isSwept: false, isClosed: true }) },
    { name: 'no closing', series: plainForecast(recording, paths, model, { isSwept: true, isClosed: false }) },
  ];
}

function combSeries(recording: Recording, paths: readonly IntervalPath[], model: ForecastParameters): Series {
  const series = seriesOf(paths.length, () => 0);
  for (const leverage of combLeverages) {
    // A ladder of a single rung at the distance of that leverage in the first bracket.
    const distance = 1 / leverage;
    const ladder = {
      ...model.ladder,
      rungs: 1,
      nearest: distance * 0.999,
      farthest: distance * 1.001,
      shape: 0,
      unlevered: 0,
    };
    const link = { ...model.link, fleeting: 0, backgroundUsd: 0 };
    const forecasts = forecast(segmentsOf(recording), paths, { ...model, ladder, link });
    for (const side of sides) {
      for (const [i, { [side]: one }] of forecasts.entries()) series[side][i]! += one.swept / combLeverages.length;
    }
  }
  return series;
}

/** `scale · x^power + floor` with the least deviance on these intervals. */
export function calibrated(x: ArrayLike<number>, observed: ArrayLike<number>): Float64Array {
  const mean = sumOf(observed) / observed.length;
  const size = sumOf(x) / x.length;
  if (!(mean > 0 && size > 0)) return new Float64Array(x.length).fill(Math.max(mean, 1));
  const at = ([scale, power, floor]: readonly number[]) =>
    Float64Array.from(x, (value) => mean * (Math.exp(scale!) * (value / size) ** Math.exp(power!) + Math.exp(floor!)));
  const search = { mostSteps: 200, tolerance: 1e-7 };
  const best = nelderMead((point) => totalDeviance(observed, at(point)), [-0.5, 0, -3], [0.5, 0.3, 1], search);
  return at(best.at);
}

export function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}
