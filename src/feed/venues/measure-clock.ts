/** Measures again and again how far a venue's clock is from ours, sooner after a failure. */
import { waitUntil } from '../pace.ts';
import { type RoutineRequestOptions, routineRequest } from './routine-request.ts';
import type { Venue } from './venue.ts';

export interface MeasureClockOptions extends RoutineRequestOptions {
  readonly venue: Venue;
  readonly baseUrl: string;
  /** The exchange's clock minus ours, in ms. */
  readonly measured: (skewMs: number) => void;
  readonly failed: (error: unknown) => void;
}

const everyMs = 600_000;
const againMs = 30_000;

/** Runs until the signal aborts. Never rejects. */
export async function measureClock(options: MeasureClockOptions): Promise<void> {
  const { venue, baseUrl, get, clock, signal, measured, failed } = options;
  while (!signal.aborted) {
    let nextMs = everyMs;
    let asked = Number.NaN;
    // The wait for the allowance is no part of the way there and back.
    const timed: typeof get = (url, abort) => {
      asked = clock.now();
      return get(url, abort);
    };
    try {
      const answer = await routineRequest({ ...options, get: timed }, baseUrl + venue.timePath, 1);
      measured(venue.readTime(answer) - (asked + clock.now()) / 2);
    } catch (error) {
      if (!signal.aborted) failed(error);
      nextMs = againMs;
    }
    await waitUntil(clock, clock.now() + nextMs, signal);
  }
}
