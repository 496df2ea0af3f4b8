/** Levels put together into bins of several, for pictures that are looked at from farther away. */
import type { Levels } from './book-window.ts';

/**
 * Longs go into the bin at or below them and shorts into the bin at or above them, as cells go into levels: so no bin shows a long above
 * the price or a short below it.
 *
 * @param levelsPerBin 1 gives the levels back.
 * @returns rows whose `number` counts bins.
 */
export function coarseLevels(levels: Levels, levelsPerBin: number): Levels {
  if (levelsPerBin === 1 || levels.count === 0) return levels;
  const first = Math.floor(levels.number[0]! / levelsPerBin);
  const last = Math.ceil(levels.number[levels.count - 1]! / levelsPerBin);
  const longs = new Float64Array(last - first + 1);
  const shorts = new Float64Array(last - first + 1);
  for (let i = 0; i < levels.count; i++) {
    const number = levels.number[i]!;
    longs[Math.floor(number / levelsPerBin) - first]! += levels.longDensity[i]!;
    shorts[Math.ceil(number / levelsPerBin) - first]! += levels.shortDensity[i]!;
  }
  const number = new Float64Array(longs.length);
  let count = 0;
  for (let bin = 0; bin < longs.length; bin++) {
    if (longs[bin] === 0 && shorts[bin] === 0) continue;
    number[count] = first + bin;
    longs[count] = longs[bin]!;
    shorts[count] = shorts[bin]!;
    count++;
  }
  return { count, number, longDensity: longs, shortDensity: shorts };
}
