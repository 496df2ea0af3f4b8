/** Asks a venue for something that can as well be asked for later: waits until its allowance lets it, and then asks once. */
import { type FeedClock, waitUntil } from '../pace.ts';
import type { VenueGet, VenueHttpAnswer } from './venue-socket.ts';
import type { WeightBudget } from './weight-budget.ts';

export interface RoutineRequestOptions {
  readonly get: VenueGet;
  readonly budget: WeightBudget;
  readonly clock: FeedClock;
  readonly signal: AbortSignal;
}

/** Rejects for anything but an answer with status 200, and when the signal aborts. */
export async function routineRequest(
  { get, budget, clock, signal }: RoutineRequestOptions,
  url: string,
  weight: number,
): Promise<VenueHttpAnswer> {
  for (;;) {
    signal.throwIfAborted();
    const waitMs = budget.take(weight, 'routine', clock.now());
    if (waitMs === 0) break;
    await waitUntil(clock, clock.now() + waitMs, signal);
  }
  const answer = await get(url, signal);
  const isAllowed = budget.answered(answer, clock.now());
  if (isAllowed && answer.status === 200) return answer;
  throw new Error(`${answer.status}: ${answer.body.slice(0, 200)}`);
}
