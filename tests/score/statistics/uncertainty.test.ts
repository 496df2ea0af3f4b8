import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayBootstrap, effectiveDays } from '../../../src/score/statistics/day-bootstrap.ts';
import { nelderMead } from '../../../src/score/statistics/nelder-mead.ts';
import { clusteredDeviations, studentQuantile } from '../../../src/score/statistics/sandwich.ts';

describe('the bootstrap by days', () => {
  const days = [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4];

  it('draws whole days: of a day all rows come, or none', () => {
    const sizes = new Set<number>();
    dayBootstrap(
      days,
      (rows) => {
        sizes.add(rows.length);
        for (const row of rows) {
          const of = (one: number) => rows.filter((other) => other === one).length;
          const first = row - (row % 3);
          expect([of(first), of(first + 1), of(first + 2)]).toEqual([of(row), of(row), of(row)]);
        }
        return 0;
      },
      { draws: 20, seed: 7 },
    );
    expect([...sizes]).toEqual([12]);
  });

  it('gives the same interval for the same seed, around the value of all rows', () => {
    const values = days.map((day, i) => day + (i % 3));
    const mean = (rows: readonly number[]) => rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length;
    const one = dayBootstrap(days, mean, { draws: 500, seed: 3 });
    expect(dayBootstrap(days, mean, { draws: 500, seed: 3 })).toEqual(one);
    expect(one.value).toBe(3.5);
    expect(one.low).toBeLessThan(3);
    expect(one.high).toBeGreaterThan(4);
  });

  it('has no interval where the statistic has mostly no value', () => {
    const { low, high } = dayBootstrap(days, () => Number.NaN, { draws: 100, seed: 1 });
    expect([low, high]).toEqual([Number.NaN, Number.NaN]);
  });

  it('counts days by what they bring: no more than there are, and few where one has nearly all', () => {
    expect(effectiveDays(days)).toBeCloseTo(4, 12);
    expect(effectiveDays([1, 2, ...new Array(98).fill(3)])).toBeLessThan(1.1);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 80 }), (drawn) => {
        expect(effectiveDays(drawn)).toBeGreaterThanOrEqual(1 - 1e-12);
        expect(effectiveDays(drawn)).toBeLessThanOrEqual(new Set(drawn).size + 1e-9);
      }),
    );
  });
});

describe('the search without derivatives', () => {
  it('finds the lowest point of bowls anywhere', () => {
    const place = fc.double({ min: -20, max: 20, noNaN: true });
    fc.assert(
      fc.property(place, place, (a, b) => {
        const bowl = ([x, y]: readonly number[]) => 1 + (x! - a) ** 2 + 5 * (y! - b) ** 2 + (x! - a) * (y! - b);
        const { at } = nelderMead(bowl, [0, 0], [1, 1], { mostSteps: 1000, tolerance: 1e-14 });
        expect(at[0]).toBeCloseTo(a, 3);
        expect(at[1]).toBeCloseTo(b, 3);
      }),
    );
  });

  it('comes down a bent valley', () => {
    const valley = ([x, y]: readonly number[]) => 1 + (1 - x!) ** 2 + 100 * (y! - x! ** 2) ** 2;
    const { at } = nelderMead(valley, [-1.2, 1], [0.5, 0.5], { mostSteps: 2000, tolerance: 1e-15 });
    expect(at[0]).toBeCloseTo(1, 3);
    expect(at[1]).toBeCloseTo(1, 3);
  });
});

describe('deviations by clusters', () => {
  it('are, for a mean of days, that of the days’ means', () => {
    const days = [1, 4, 2, 8, 5];
    const mean = 4;
    // Loss (x − d)² a day: H = 2·5, scores 2(m − d).
    const [deviation] = clusteredDeviations(([x]) => days.map((d) => (x! - d) ** 2), [mean], [0.01]);
    const spread = days.reduce((sum, d) => sum + (d - mean) ** 2, 0);
    expect(deviation).toBeCloseTo(Math.sqrt((spread / 25) * (5 / 4)), 6);
  });

  it('are unknown where the loss is flat', () => {
    expect(clusteredDeviations(() => [1, 1], [0], [0.1])).toEqual([Number.NaN]);
  });

  it('are stretched as Student says for few days', () => {
    expect(studentQuantile(10)).toBeCloseTo(2.228, 2);
    expect(studentQuantile(14)).toBeCloseTo(2.145, 2);
    expect(studentQuantile(1e9)).toBeCloseTo(1.96, 3);
    expect(studentQuantile(1)).toBeNaN();
  });
});
