/**
 * One name for a contract, whatever a venue calls it. Only spelling differs: a contract of 1,000 coins and one of 1 coin are two
 * symbols, for their prices, quantities and margin tiers are not the same numbers.
 */
export interface SymbolNames {
  /** Our name of what the venue calls `name`. */
  canonicalOf(name: string): string;
  /** The venue's name of our `symbol`. */
  venueNameOf(symbol: string): string;
}

/**
 * Both ways and for every text: `canonicalOf(venueNameOf(x)) = venueNameOf(canonicalOf(x)) = x`.
 *
 * @param differing the venue's name and ours, of contracts of the same size; all others are named alike.
 */
export function symbolNames(differing: readonly (readonly [venueName: string, canonical: string])[]): SymbolNames {
  // Each pair changes places, so that no two names ever become one.
  const other = new Map(differing.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]));
  const swap = (name: string) => other.get(name) ?? name;
  return { canonicalOf: swap, venueNameOf: swap };
}
