/** Asks a venue for what must be known before its streams can be read, again and again until it answers. */
import { type FeedClock, waitUntil } from '../pace.ts';
import type { Venue } from './venue.ts';
import type { VenueGet } from './venue-socket.ts';
import type { WeightBudget } from './weight-budget.ts';

export interface LearnInstrumentsOptions {
  readonly instruments: NonNullable<Venue['instruments']>;
  readonly baseUrl: string;
  readonly get: VenueGet;
  readonly budget: WeightBudget;
  readonly clock: FeedClock;
  readonly signal: AbortSignal;
  readonly failed: (error: unknown) => void;
}

/** Pause after a request that failed. */
const retryMs = 2000;

/** @returns base units of one contract by symbol; `null` when the signal aborted. Never rejects. */
export async function learnInstruments(options: LearnInstrumentsOptions): Promise<ReadonlyMap<string, number> | null> {
  const { instruments, baseUrl, get, budget, clock, signal, failed } = options;
  while (!signal.aborted) {
    let waitMs = budget.take(instruments.weight, 'urgent', clock.now());
    if (waitMs === 0) {
      try {
        const answer = await get(baseUrl + instruments.path, signal);
        const isAllowed = budget.answered(answer, clock.now());
        if (isAllowed && answer.status === 200) return signal.aborted ? null : instruments.learn(answer);
        failed(new Error(`${answer.status}: ${answer.body.slice(0, 200)}`));
      } catch (error) {
        if (!signal.aborted) failed(error);
      }
      waitMs = retryMs;
    }
    await waitUntil(clock, clock.now() + waitMs, signal);
  }
  return null;
}
