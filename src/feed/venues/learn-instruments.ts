/**
 * Asks a venue for what must be known before its streams can be read, again and again until it answers. A symbol that it does not list is
 * named and left out: asked for, it would have the others refused too.
 */
import { type FeedClock, waitUntil } from '../pace.ts';
import { FrameError } from './frame-error.ts';
import type { Venue } from './venue.ts';
import type { VenueGet } from './venue-socket.ts';
import type { WeightBudget } from './weight-budget.ts';

export interface LearnInstrumentsOptions {
  readonly venue: Pick<Venue, 'name'>;
  readonly symbols: readonly string[];
  readonly instruments: NonNullable<Venue['instruments']>;
  readonly baseUrl: string;
  readonly get: VenueGet;
  readonly budget: WeightBudget;
  readonly clock: FeedClock;
  readonly signal: AbortSignal;
  readonly failed: (what: string, error: unknown) => void;
}

/** Pause after a request that failed. */
const retryMs = 2000;

/** @returns the symbols that the venue lists; none when the signal aborted. Never rejects. */
export async function learnInstruments(options: LearnInstrumentsOptions): Promise<readonly string[]> {
  const { venue, symbols, failed } = options;
  const sizes = await contractSizes(options);
  if (sizes === null) return [];
  for (const symbol of symbols) {
    if (sizes.has(symbol)) continue;
    const error = new FrameError('unknown_contract', `${venue.name} lists no contract for ${symbol}; leave it out`);
    failed(`contract of ${symbol}`, error);
  }
  return symbols.filter((symbol) => sizes.has(symbol));
}

async function contractSizes(options: LearnInstrumentsOptions): Promise<ReadonlyMap<string, number> | null> {
  const { instruments, baseUrl, get, budget, clock, signal, failed } = options;
  while (!signal.aborted) {
    let waitMs = budget.take(instruments.weight, 'urgent', clock.now());
    if (waitMs === 0) {
      try {
        const answer = await get(baseUrl + instruments.path, signal);
        const isAllowed = budget.answered(answer, clock.now());
        if (isAllowed && answer.status === 200) return signal.aborted ? null : instruments.learn(answer);
        failed('instruments', new Error(`${answer.status}: ${answer.body.slice(0, 200)}`));
      } catch (error) {
        if (!signal.aborted) failed('instruments', error);
      }
      waitMs = retryMs;
    }
    await waitUntil(clock, clock.now() + waitMs, signal);
  }
  return null;
}
