/** Whether the book itself is sound, whatever it predicts: what it conserves, how much of it was seen, and how fast it is renewed. */
import { observedShare } from '../market/assumptions.ts';
import { forecast, segmentsOf } from './forecast.ts';
import type { ForecastParameters } from './parameters.ts';
import type { IntervalPath } from './price-path.ts';
import type { Recording } from './recording.ts';

/** Less than this of a book is rounding. */
const smallestShare = 1e-9;

export interface BookHealth {
  /** Largest |side − open interest| ÷ open interest at any interval's start; null without open interest. */
  readonly conservationError: number | null;
  /** Share of the contracts that were seen being opened, at the first and the last interval's start. */
  readonly observedShare: readonly [first: number, last: number];
  /** Hours in which half of what stands is replaced, by how much of the first book is left at the first interval. */
  readonly renewalHours: number;
}

export function bookHealth(
  recording: Recording,
  paths: readonly IntervalPath[],
  parameters: ForecastParameters,
): BookHealth {
  let conservationError: number | null = null;
  const shares: number[] = [];
  forecast(segmentsOf(recording), paths, parameters, (book) => {
    shares.push(observedShare([book]) ?? 0);
    if (!(book.openInterest > 0)) return;
    for (const { total } of [book.long, book.short]) {
      const error = Math.abs(total - book.openInterest) / book.openInterest;
      conservationError = Math.max(conservationError ?? 0, error);
    }
  });
  const [first, last] = [shares[0]!, shares.at(-1)!];
  // What was there before the first event fades by being closed, at the rate at which everything is renewed.
  const hours = (paths[0]!.time - recording.observations[0]!.time) / 3_600_000;
  const renewalHours = (hours * Math.LN2) / -Math.log(Math.max(1 - first, smallestShare));
  return { conservationError, observedShare: [first, last], renewalHours };
}
