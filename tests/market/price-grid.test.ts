import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelPrice, levelStepFor } from '../../src/market/price-grid.ts';

describe('the price grid', () => {
  it.each([
    [98_450, 100],
    [60_000, 50],
    [3500, 5],
    [2770.35, 2],
    [151.2, 0.2],
    [1, 0.001],
    [0.000_012_3, 0.000_000_01],
    [1e9, 1e6],
  ])('shows a price of %d in steps of %d', (price, step) => {
    expect(levelPrice(levelStepFor(price), 1)).toBe(step);
  });

  it('has a 1-2-5 step within a factor of 1.6 of a thousandth of the price', () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 9, noNaN: true }), (magnitude) => {
        const price = 10 ** magnitude;
        const step = levelStepFor(price);
        expect([1, 2, 5]).toContain(step.mantissa);
        const ratio = levelPrice(step, 1) / (price / 1000);
        expect(Math.max(ratio, 1 / ratio)).toBeLessThan(1.6);
      }),
    );
  });

  it('has level prices that are short decimals', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -8, max: 9, noNaN: true }),
        fc.integer({ min: 1, max: 5000 }),
        (magnitude, level) => {
          const step = levelStepFor(10 ** magnitude);
          expect(levelPrice(step, level)).toBe(Number(`${level * step.mantissa}e${step.exponent}`));
        },
      ),
    );
  });
});
