/** The newest margin tiers of each symbol of a venue, and those that nobody took yet: one a symbol, for a newer table replaces an older. */
import { isDeepStrictEqual } from 'node:util';
import type { MarginTiersObservation } from '../../market/event.ts';

export class MarginTierBoard {
  readonly #newest = new Map<string, MarginTiersObservation>();
  readonly #untaken = new Set<string>();

  /** The same table again, and one older than the newest, change nothing. */
  put(symbol: string, observation: MarginTiersObservation): void {
    const newest = this.#newest.get(symbol);
    if (newest !== undefined) {
      if (observation.time <= newest.time || isDeepStrictEqual(observation.tiers, newest.tiers)) return;
    }
    this.#newest.set(symbol, observation);
    this.#untaken.add(symbol);
  }

  take(give: (symbol: string, observation: MarginTiersObservation) => void): void {
    for (const symbol of this.#untaken) give(symbol, this.#newest.get(symbol)!);
    this.#untaken.clear();
  }
}
