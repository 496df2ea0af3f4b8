import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDecimal } from '../../../src/feed/venues/frame-fields.ts';

const digits = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: max });
const decimals = fc
  .tuple(digits(1, 20), fc.option(digits(1, 20)))
  .map(([whole, rest]) => (rest === null ? whole : `${whole}.${rest}`));

describe('a decimal in text', () => {
  it('is the number that the language reads in it, bit for bit, however long it is', () => {
    fc.assert(
      fc.property(decimals, (text) => {
        expect(readDecimal(text)).toBe(Number(text));
      }),
      { numRuns: 5000 },
    );
  });

  it('is nothing else: no sign, exponent, blank, second point or point at an end', () => {
    const almost = fc.string({ unit: fc.constantFrom(...'0123456789.-+e _'), maxLength: 25 });
    fc.assert(
      fc.property(almost, (text) => {
        expect(Number.isNaN(readDecimal(text))).toBe(!/^\d{1,20}(\.\d{1,20})?$/.test(text));
      }),
      { numRuns: 5000 },
    );
  });
});
