/** Venues do not number liquidations, so the time does, with room for as many at one millisecond as a frame holds. */
export const liquidationsPerMs = 1000;

/** @returns an id that rises with `time` (ms) and `place` (0–999); below 2^53 until the year 2255. */
export function liquidationId(time: number, place: number): number {
  return time * liquidationsPerMs + place;
}
