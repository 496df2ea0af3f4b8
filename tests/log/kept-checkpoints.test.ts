import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keptCheckpoints } from '../../src/log/kept-checkpoints.ts';

const versions = fc.uniqueArray(fc.nat({ max: 10_000 }), { minLength: 1, maxLength: 40 });
const spacing = fc.integer({ min: 1, max: 5000 });

describe('the checkpoints that are kept', () => {
  it('are the newest two, and older ones at least so far apart', () => {
    fc.assert(
      fc.property(versions, spacing, (all, apart) => {
        const kept = keptCheckpoints(all, apart);
        const ascending = [...all].sort((a, b) => a - b);
        expect(kept.slice(-2)).toEqual(ascending.slice(-2));
        const older = kept.slice(0, -2);
        for (const [i, version] of older.entries()) expect(version - (older[i - 1] ?? 0)).toBeGreaterThanOrEqual(apart);
      }),
    );
  });

  it('leave no stretch of the past longer than twice the spacing, however they came', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 100 }), (apart, every) => {
        let kept: number[] = [];
        for (let version = every; version < 2000; version += every) kept = keptCheckpoints([...kept, version], apart);
        for (const [i, version] of kept.entries()) {
          expect(version - (kept[i - 1] ?? 0)).toBeLessThan(apart + 2 * every + 1);
        }
      }),
    );
  });

  it('are the same again when nothing has come', () => {
    fc.assert(
      fc.property(versions, spacing, (all, apart) => {
        const kept = keptCheckpoints(all, apart);
        expect(keptCheckpoints(kept, apart)).toEqual(kept);
      }),
    );
  });
});
