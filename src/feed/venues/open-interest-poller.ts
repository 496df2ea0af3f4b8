/**
 * Asks for the open interest of every symbol in turn, the busiest first, as often as the venue's allowance lets it and no symbol
 * more often than it makes sense.
 */
import type { Observation } from '../../market/event.ts';
import { type FeedClock, waitUntil } from '../pace.ts';
import { routineRequest } from './routine-request.ts';
import type { Venue } from './venue.ts';
import type { VenueGet } from './venue-socket.ts';
import type { WeightBudget } from './weight-budget.ts';

export interface OpenInterestPollerOptions {
  readonly venue: Venue;
  readonly source: NonNullable<Venue['openInterest']>;
  readonly baseUrl: string;
  readonly symbols: readonly string[];
  readonly get: VenueGet;
  readonly budget: WeightBudget;
  readonly clock: FeedClock;
  readonly signal: AbortSignal;
  /** No symbol is asked for more often, in ms. */
  readonly everyMs: number;
  /** How busy a symbol is, in any unit. */
  readonly activityOf: (symbol: string) => number;
  readonly observed: (symbol: string, observation: Observation) => void;
  readonly failed: (symbol: string, error: unknown) => void;
}

/** Runs until the signal aborts. Never rejects. */
export async function pollOpenInterest(options: OpenInterestPollerOptions): Promise<void> {
  const { venue, source, symbols, budget, clock, signal, everyMs, activityOf } = options;
  const perWindow = budget.routineRequests(source.weight);
  const roundMs = Math.max(everyMs, (symbols.length * venue.weight.windowMs) / perWindow);
  while (!signal.aborted) {
    const startedAt = clock.now();
    const busiestFirst = [...symbols].sort((a, b) => activityOf(b) - activityOf(a));
    for (const [i, symbol] of busiestFirst.entries()) {
      await waitUntil(clock, startedAt + (i * roundMs) / symbols.length, signal);
      if (signal.aborted) return;
      await ask(options, symbol);
    }
    await waitUntil(clock, startedAt + roundMs, signal);
  }
}

async function ask(options: OpenInterestPollerOptions, symbol: string): Promise<void> {
  const { source, baseUrl, signal, observed, failed } = options;
  try {
    const answer = await routineRequest(options, baseUrl + source.path(symbol), source.weight);
    observed(symbol, source.read(answer));
  } catch (error) {
    if (!signal.aborted) failed(symbol, error);
  }
}
