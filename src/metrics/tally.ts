/**
 * How often something took how long: counts by fixed bounds, in seconds. To add one is to step through some twenty numbers; what was
 * counted is plain data, so that threads can send it and it can be summed.
 */

export interface TallyCounts {
  /** By bucket; the last one holds what lies beyond all bounds. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Upper bounds in seconds, each within its bucket. From what a fold takes to what a client takes that is about to be closed. */
export const tallyBounds = [
  0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
  5, 10, 30,
] as const;

export class Tally {
  readonly #counts = new Array<number>(tallyBounds.length + 1).fill(0);
  #sum = 0;

  /** What took less than nothing, by clocks that disagree, took nothing. */
  add(seconds: number): void {
    let bucket = 0;
    while (bucket < tallyBounds.length && seconds > tallyBounds[bucket]!) bucket++;
    this.#counts[bucket]!++;
    this.#sum += Math.max(seconds, 0);
  }

  /** As it is now. */
  counts(): TallyCounts {
    return { counts: [...this.#counts], sum: this.#sum };
  }
}

/** @returns both together. */
export function addedTallies(a: TallyCounts, b: TallyCounts): TallyCounts {
  return { counts: a.counts.map((count, bucket) => count + b.counts[bucket]!), sum: a.sum + b.sum };
}

/** @returns both together, by name; either may lack some. */
export function addedTalliesByName<N extends string>(
  a: Readonly<Record<N, TallyCounts>>,
  b: Readonly<Record<N, TallyCounts>>,
): Record<N, TallyCounts> {
  const sums: Record<N, TallyCounts> = { ...a };
  for (const name of Object.keys(b) as N[]) sums[name] = name in sums ? addedTallies(sums[name], b[name]) : b[name];
  return sums;
}
