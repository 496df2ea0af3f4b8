/**
 * What has changed from one picture to another, so that whoever has the one can make the other, exactly.
 *
 * Closings shrink a whole side by one factor, which changes every level at once. So the later picture is predicted from the earlier one
 * by a scale a side; what the prediction misses by one USD (densities are rounded) is a rounding, and the rest is listed.
 */
import type { Levels } from './book-window.ts';

/** What a later picture's side is of an earlier one's, as far as nothing was opened or swept. */
export interface SideScales {
  readonly long: number;
  readonly short: number;
}

export interface LevelChanges {
  readonly scale: SideScales;
  /**
   * One a level of the earlier picture: `3 × (long + 1) + (short + 1)`, where `long` and `short` (−1, 0 or 1 USD) are added to the
   * scaled densities. `unrounded` for a level that is listed.
   */
  readonly roundings: Uint8Array;
  /** Levels that are listed: their new densities; with both 0 those that are gone; ascending. */
  readonly listed: Levels;
}

export const unrounded = 4;

/** Halves go up. Doubles of IEEE 754 give the same in every language. */
export function scaledDensity(density: number, scale: number): number {
  return Math.floor(density * scale + 0.5);
}

/** Where changes may lie: one list serves all that are read before the next is made. */
export interface ChangesRoom {
  readonly roundings: Uint8Array;
  readonly number: Float64Array;
  readonly longDensity: Float64Array;
  readonly shortDensity: Float64Array;
}

/** @param levels of both pictures together, at most. */
export function changesRoom(levels: number): ChangesRoom {
  const column = () => new Float64Array(levels);
  return { roundings: new Uint8Array(levels), number: column(), longDensity: column(), shortDensity: column() };
}

/**
 * @param scale any numbers give exact changes; those that the sides were closed by give the fewest.
 * @param room for both pictures' levels; unless given, new.
 */
export function levelChanges(
  from: Levels,
  to: Levels,
  scale: SideScales,
  room: ChangesRoom = changesRoom(from.count + to.count),
): LevelChanges {
  const { number, longDensity, shortDensity } = room;
  const roundings = room.roundings.subarray(0, from.count);
  let count = 0;
  let a = 0;
  let b = 0;
  while (a < from.count || b < to.count) {
    const before = a < from.count ? from.number[a]! : Number.POSITIVE_INFINITY;
    const after = b < to.count ? to.number[b]! : Number.POSITIVE_INFINITY;
    const long = after <= before ? to.longDensity[b]! : 0;
    const short = after <= before ? to.shortDensity[b]! : 0;
    let rounding = -1;
    if (before === after) rounding = roundingOf(from.longDensity[a]!, from.shortDensity[a]!, long, short, scale);
    if (rounding < 0) {
      number[count] = before < after ? before : after;
      longDensity[count] = long;
      shortDensity[count] = short;
      count++;
    }
    if (before <= after) roundings[a++] = rounding < 0 ? unrounded : rounding;
    if (after <= before) b++;
  }
  return { scale, roundings, listed: { count, number, longDensity, shortDensity } };
}

/** USD; below it additions of whole numbers and halves are exact in doubles, in whatever order. */
const largestPredicted = 2 ** 50;

/** -1: the prediction is further off than a rounding. */
function roundingOf(longBefore: number, shortBefore: number, long: number, short: number, scale: SideScales): number {
  const longOff = long - scaledDensity(longBefore, scale.long);
  const shortOff = short - scaledDensity(shortBefore, scale.short);
  const isPredicted = Math.abs(longOff) <= 1 && Math.abs(shortOff) <= 1 && Math.max(long, short) < largestPredicted;
  return isPredicted ? 3 * (longOff + 1) + (shortOff + 1) : -1;
}
