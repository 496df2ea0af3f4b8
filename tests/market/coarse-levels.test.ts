import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Levels } from '../../src/market/book-window.ts';
import { coarseLevels } from '../../src/market/coarse-levels.ts';

const rows = fc.uniqueArray(
  fc.record({ number: fc.nat({ max: 2000 }), long: fc.nat({ max: 1e9 }), short: fc.nat({ max: 1e9 }) }),
  { selector: ({ number }) => number, maxLength: 60 },
);

function levelsOf(list: readonly { number: number; long: number; short: number }[]): Levels {
  const kept = list.filter(({ long, short }) => long + short > 0).sort((a, b) => a.number - b.number);
  return {
    count: kept.length,
    number: Float64Array.from(kept, ({ number }) => number),
    longDensity: Float64Array.from(kept, ({ long }) => long),
    shortDensity: Float64Array.from(kept, ({ short }) => short),
  };
}

const sum = (column: Float64Array, count: number) => column.subarray(0, count).reduce((total, usd) => total + usd, 0);

describe('levels put together', () => {
  it('lose and gain nothing, and move longs only down and shorts only up, by less than a bin', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 50 }), (list, levelsPerBin) => {
        const fine = levelsOf(list);
        const coarse = coarseLevels(fine, levelsPerBin);
        expect(sum(coarse.longDensity, coarse.count)).toBe(sum(fine.longDensity, fine.count));
        expect(sum(coarse.shortDensity, coarse.count)).toBe(sum(fine.shortDensity, fine.count));
        for (let i = 0; i < coarse.count; i++) {
          const bin = coarse.number[i]!;
          if (i > 0) expect(bin).toBeGreaterThan(coarse.number[i - 1]!);
          const longs = list.filter(({ number }) => Math.floor(number / levelsPerBin) === bin);
          const shorts = list.filter(({ number }) => Math.ceil(number / levelsPerBin) === bin);
          expect(coarse.longDensity[i]).toBe(longs.reduce((total, { long }) => total + long, 0));
          expect(coarse.shortDensity[i]).toBe(shorts.reduce((total, { short }) => total + short, 0));
          expect(coarse.longDensity[i]! + coarse.shortDensity[i]!).toBeGreaterThan(0);
        }
      }),
    );
  });
});
