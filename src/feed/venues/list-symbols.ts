/** Asks a venue what it lists, again and again with growing pauses, for a bounded time. */
import { type FeedClock, waitUntil } from '../pace.ts';
import { type Backoff, reconnectDelayMs } from './reconnect-delay.ts';
import { routineRequest } from './routine-request.ts';
import type { SymbolList, Venue } from './venue.ts';
import { VenueListError } from './venue-list-error.ts';
import type { VenueGet } from './venue-socket.ts';
import { WeightBudget } from './weight-budget.ts';

export interface ListSymbolsOptions {
  readonly venue: Venue;
  readonly baseUrl: string;
  readonly get: VenueGet;
  readonly clock: FeedClock;
  /** Evenly within [0, 1). */
  readonly random: () => number;
  readonly backoff: Backoff;
  readonly timeoutMs: number;
  readonly failed: (error: unknown) => void;
}

/** Rejects with a `VenueListError` when the time is over. */
export async function listSymbols(options: ListSymbolsOptions): Promise<SymbolList> {
  const { venue, baseUrl, clock, random, backoff, timeoutMs, failed } = options;
  const abort = new AbortController();
  const { signal } = abort;
  const timer = clock.setTimer(() => abort.abort(), timeoutMs);
  const asking = { ...options, signal, budget: new WeightBudget(venue.weight) };
  let reason: unknown = new Error('no answer');
  try {
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        const bodies: string[] = [];
        for (const { path, weight } of venue.listing.requests) {
          bodies.push((await routineRequest(asking, baseUrl + path, weight)).body);
        }
        return venue.listing.read(bodies);
      } catch (error) {
        if (signal.aborted) break;
        reason = error;
        failed(error);
        await waitUntil(clock, clock.now() + reconnectDelayMs(failures, backoff, random), signal);
      }
    }
  } finally {
    clock.clearTimer(timer);
  }
  throw new VenueListError(venue.name, baseUrl, timeoutMs, reason);
}
