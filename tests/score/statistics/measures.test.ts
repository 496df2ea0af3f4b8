import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logSlope } from '../../../src/score/statistics/log-slope.ts';
import { topDecileAuc, topDecileCapture } from '../../../src/score/statistics/top-decile.ts';
import { tweedieDeviance } from '../../../src/score/statistics/tweedie-deviance.ts';

const amount = fc.double({ min: 1e-3, max: 1e6, noNaN: true });

describe('the Tweedie deviance', () => {
  it('is zero where prediction and amount agree, and grows away from there on either side', () => {
    fc.assert(
      fc.property(amount, fc.double({ min: 1.01, max: 10, noNaN: true }), (y, factor) => {
        expect(Math.abs(tweedieDeviance(y, y))).toBeLessThan(1e-9 * Math.sqrt(y) + 1e-12);
        expect(tweedieDeviance(y, y * factor)).toBeLessThan(tweedieDeviance(y, y * factor * 1.1));
        expect(tweedieDeviance(y, y / factor)).toBeLessThan(tweedieDeviance(y, y / factor / 1.1));
      }),
    );
  });

  it('takes nothing at all for an amount like any other', () => {
    // 2·μ^½/½ for power 1.5.
    expect(tweedieDeviance(0, 9)).toBeCloseTo(12, 12);
  });

  it('is least, in sum, at the mean', () => {
    fc.assert(
      fc.property(fc.array(amount, { minLength: 2, maxLength: 10 }), (values) => {
        const mean = values.reduce((sum, y) => sum + y, 0) / values.length;
        const loss = (at: number) => values.reduce((sum, y) => sum + tweedieDeviance(y, at), 0);
        expect(loss(mean)).toBeLessThanOrEqual(loss(mean * 1.05));
        expect(loss(mean)).toBeLessThanOrEqual(loss(mean / 1.05));
      }),
    );
  });
});

describe('the log-log slope', () => {
  it('is the power by which the amount grows with the prediction, whatever the units', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 1e6 }), { minLength: 3, maxLength: 20 }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        amount,
        (x, power, unit) => {
          const y = x.map((value) => unit * value ** power);
          expect(logSlope(x, y)).toBeCloseTo(power, 6);
        },
      ),
    );
  });

  it('leaves zeros out and says nothing of two pairs', () => {
    expect(logSlope([1, 10, 100, 0, 5], [1, 10, 100, 7, 0])).toBeCloseTo(1, 12);
    expect(logSlope([1, 10, 0], [1, 10, 5])).toBeNaN();
  });
});

describe('the top tenth', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => (i * 37) % 100);

  it('is found and captured by what ranks as the amounts do', () => {
    expect(topDecileAuc(hundred, hundred)).toBe(1);
    expect(
      topDecileAuc(
        hundred.map((value) => -value),
        hundred,
      ),
    ).toBe(0);
    expect(topDecileCapture(hundred, hundred)).toBeCloseTo(945 / 4950, 12);
  });

  it('is found by chance half the time where all is predicted alike', () => {
    expect(topDecileAuc(new Array(100).fill(1), hundred)).toBeCloseTo(0.5, 12);
  });

  it('gives shares between 0 and 1', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(amount, amount), { minLength: 11, maxLength: 60 }), (rows) => {
        const [x, y] = [rows.map(([a]) => a), rows.map(([, b]) => b)];
        for (const share of [topDecileAuc(x, y), topDecileCapture(x, y)]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
