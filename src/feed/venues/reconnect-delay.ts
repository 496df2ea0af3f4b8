/** How long to wait before the next try: anything up to a bound that doubles, so that clients that were cut together come apart. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** @param failures tries that failed since the last that lived; @param random evenly within [0, 1). */
export function reconnectDelayMs(failures: number, { firstMs, maxMs }: Backoff, random: () => number): number {
  // 2^40 of anything is beyond the bound.
  return random() * Math.min(maxMs, firstMs * 2 ** Math.min(failures, 40));
}
