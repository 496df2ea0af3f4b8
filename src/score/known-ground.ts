/** What of the ground that a path crossed is known from the intervals before it. */
import { freshHours } from './price-path.ts';

/** Of an interval that was folded whole. Times in ms since 1970, prices in USD. */
export interface KnownRange {
  readonly start: number;
  readonly end: number;
  readonly high: number;
  readonly low: number;
}

export interface Ground {
  /** How far the extreme lies beyond all that was traded in the 12 hours before, in USD; null: not all of them are known. */
  readonly depth: number | null;
  /** Hours since a price like the extreme was traded, as far as is known; in whole intervals. */
  readonly ageHours: number;
}

const hourMs = 3_600_000;

/** @param known ascending and without a hole, up to `start`. */
export function groundOf(isLong: boolean, extreme: number, start: number, known: readonly KnownRange[]): Ground {
  const recent = known.filter(({ end }) => end > start - freshHours * hourMs);
  const isKnown = known.length > 0 && known[0]!.start <= start - freshHours * hourMs;
  const edge = isLong ? Math.min(...recent.map(({ low }) => low)) : Math.max(...recent.map(({ high }) => high));
  const touched = known.findLast(({ low, high }) => (isLong ? low <= extreme : high >= extreme));
  const since = touched?.end ?? known[0]?.start ?? start;
  return {
    depth: isKnown ? Math.max(isLong ? edge - extreme : extreme - edge, 0) : null,
    ageHours: (start - since) / hourMs,
  };
}

/** The newest ranges that follow one another up to `start`. */
export function withoutHole(known: readonly KnownRange[], start: number): readonly KnownRange[] {
  let first = known.length;
  for (let next = start; first > 0 && known[first - 1]!.end === next; first--) next = known[first - 1]!.start;
  return known.slice(first);
}
