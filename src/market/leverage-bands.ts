/**
 * Groups of effective leverage that a book tells apart. Traders think in the marks of an exchange's slider (10x, 25x, 50x, 100x), so
 * these are the bounds. Part of the book's layout: another list needs another schema in `book-codec.ts`.
 */

/** Lower bounds, ascending; a band ends where the next begins. */
export const leverageBandBounds = [1, 10, 25, 50, 100] as const;
export const leverageBandCount = leverageBandBounds.length;

/** "1-10x", "10-25x", …, "100x+". */
export const leverageBandNames: readonly string[] = leverageBandBounds.map((from, band) => {
  const to = leverageBandBounds[band + 1];
  return to === undefined ? `${from}x+` : `${from}-${to}x`;
});

/** All of them, as the bits of a mask. */
export const allLeverageBands = (1 << leverageBandCount) - 1;

/** The band in which a leverage lies; what is below the first bound is in the first. */
export function leverageBandOf(leverage: number): number {
  const band = leverageBandBounds.findLastIndex((from) => leverage >= from);
  return Math.max(band, 0);
}
