/** What each ingredient is worth: the same recording, with one of them left out and the others as they are. */

import { withLearned } from './fit.ts';
import { forecast, type IntervalForecast, segmentsOf } from './forecast.ts';
import type { ForecastParameters } from './parameters.ts';
import type { IntervalPath } from './price-path.ts';
import type { Recording } from './recording.ts';

export interface Ablation {
  readonly name: string;
  readonly forecasts: readonly IntervalForecast[];
}

/** The ladder of the project's first days, before anything was learned. */
const firstLadder = { nearest: 0.003, shape: 0, unlevered: 0 };
/** Small enough to be nothing, and above zero, for the deviance. */
const noBackgroundUsd = 1;

export function ablationsOf(
  recording: Recording,
  paths: readonly IntervalPath[],
  model: ForecastParameters,
): Ablation[] {
  const segments = segmentsOf(recording);
  const without = (name: string, changed: Parameters<typeof withLearned>[1]): Ablation => ({
    name,
    forecasts: forecast(segments, paths, withLearned(model, changed)),
  });
  return [
    without('whole', {}),
    without('opens within the interval', { fleeting: 0 }),
    without('background', { backgroundUsd: noBackgroundUsd }),
    without('both of these: the frozen book alone', { fleeting: 0, backgroundUsd: noBackgroundUsd }),
    without('share at leverage 1', { unlevered: 0 }),
    without('volume factor', { volumeFactor: 1 }),
    without('learned ladder', firstLadder),
  ];
}
