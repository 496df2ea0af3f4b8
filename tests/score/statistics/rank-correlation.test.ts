import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  correlation,
  partialRankCorrelation,
  rankCorrelation,
  ranksOf,
} from '../../../src/score/statistics/rank-correlation.ts';

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const pairs = fc.array(fc.tuple(value, value, value), { minLength: 4, maxLength: 40 });
const column = (rows: readonly (readonly number[])[], place: number) => rows.map((row) => row[place]!);

describe('ranks', () => {
  it('are shared by equal values, and sum to the same whatever is ranked', () => {
    expect([...ranksOf([5, 1, 5, 9])]).toEqual([1.5, 0, 1.5, 3]);
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const sum = ranksOf(values).reduce((total, rank) => total + rank, 0);
        expect(sum).toBeCloseTo((values.length * (values.length - 1)) / 2, 6);
      }),
    );
  });
});

describe('the rank correlation', () => {
  it('is 1 of a rising and −1 of a falling function, and undefined of a constant', () => {
    const x = [1, 2, 3, 4, 5];
    expect(rankCorrelation(x, x.map(Math.exp))).toBeCloseTo(1, 12);
    expect(
      rankCorrelation(
        x,
        x.map((v) => -(v ** 3)),
      ),
    ).toBeCloseTo(-1, 12);
    expect(rankCorrelation(x, [7, 7, 7, 7, 7])).toBeNaN();
  });

  it('is the same both ways, within −1 and 1, and blind to any rising change of scale', () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const [x, y] = [column(rows, 0), column(rows, 1)];
        const r = rankCorrelation(x, y);
        if (Number.isNaN(r)) return;
        expect(Math.abs(r)).toBeLessThanOrEqual(1 + 1e-12);
        expect(rankCorrelation(y, x)).toBeCloseTo(r, 10);
        expect(rankCorrelation(ranksOf(x), y)).toBeCloseTo(r, 10);
      }),
    );
  });

  it('agrees with a worked example', () => {
    // Without equal values: 1 − 6·Σd² ÷ n(n² − 1).
    const y = [6, 3, 8, 1, 10, 5, 2, 9, 4, 7];
    const sum = y.reduce((total, rank, i) => total + (rank - (i + 1)) ** 2, 0);
    expect(
      rankCorrelation(
        y.map((_, i) => i),
        y,
      ),
    ).toBeCloseTo(1 - (6 * sum) / 990, 12);
  });
});

describe('the partial rank correlation', () => {
  it('is that of what is left of both when the third is taken out of their ranks', () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const [x, y, z] = [0, 1, 2].map((place) => ranksOf(column(rows, place)));
        const partial = partialRankCorrelation(x!, y!, z!);
        const expected = correlation(residuals(x!, z!), residuals(y!, z!));
        const isClear = Math.abs(correlation(x!, z!)) < 0.99 && Math.abs(correlation(y!, z!)) < 0.99;
        if (isClear && !Number.isNaN(partial)) expect(partial).toBeCloseTo(expected, 6);
      }),
    );
  });

  it('is undefined of what follows from the third', () => {
    const x = [1, 2, 3, 4];
    expect(partialRankCorrelation(x, [2, 1, 4, 3], x)).toBeNaN();
  });
});

function residuals(y: Float64Array, z: Float64Array): number[] {
  const mean = (values: Float64Array) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [meanY, meanZ] = [mean(y), mean(z)];
  const zz = z.reduce((sum, v) => sum + (v - meanZ) ** 2, 0);
  const slope = zz > 0 ? z.reduce((sum, v, i) => sum + (v - meanZ) * (y[i]! - meanY), 0) / zz : 0;
  return Array.from(y, (v, i) => v - meanY - slope * (z[i]! - meanZ));
}
