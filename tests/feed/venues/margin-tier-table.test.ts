import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MarginBracket, marginTierTable } from '../../../src/feed/venues/margin-tier-table.ts';
import { type MarginTier, marginTierSets } from '../../../src/market/margin-tiers.ts';

const bundled = Object.entries(marginTierSets[0]!.symbols);
const withoutAmounts = (tiers: readonly MarginTier[]) => tiers.map((tier) => ({ ...tier, maintenanceAmount: null }));
const maintenance = ({ maintenanceRate, maintenanceAmount }: MarginTier, notional: number) =>
  notional * maintenanceRate - maintenanceAmount;

/** Brackets in order, of any size, with rates of half the initial margin. */
const brackets = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 10_000_000 }), fc.integer({ min: 1, max: 40 })), {
    minLength: 1,
    maxLength: 40,
  })
  .map((steps): MarginBracket[] => {
    const leverages = steps.map(([, leverage]) => leverage).sort((a, b) => b - a);
    let notionalCap = 0;
    return steps.map(([width], i) => {
      notionalCap += width;
      const maxLeverage = leverages[i]!;
      return { notionalCap, maintenanceRate: 0.5 / maxLeverage, maintenanceAmount: null, maxLeverage };
    });
  });

describe('a table of margin tiers', () => {
  it.each(bundled)('of %s has, without its amounts, the same amounts again', (symbol, tiers) => {
    expect(marginTierTable(symbol, withoutAmounts(tiers))).toEqual(tiers);
    expect(marginTierTable(symbol, tiers)).toEqual(tiers);
  });

  it('is continuous at every cap, whatever brackets it was made of, and is a table again', () => {
    fc.assert(
      fc.property(brackets, (given) => {
        const table = marginTierTable('ANY', given);
        for (const [i, tier] of table.entries()) {
          if (i === 0) continue;
          const cap = table[i - 1]!.notionalCap;
          expect(maintenance(tier, cap)).toBeCloseTo(maintenance(table[i - 1]!, cap), 3);
        }
        expect(marginTierTable('ANY', table)).toEqual(table);
      }),
    );
  });

  const tiers = bundled[0]![1];
  const changed = (at: number, change: Partial<MarginBracket>) =>
    tiers.map((tier, i) => (i === at ? { ...tier, ...change } : tier));

  it.each<[string, MarginBracket[], RegExp]>([
    ['without brackets', [], /BTCUSDT: there are none/],
    ['of too many brackets', new Array(201).fill(tiers[0]), /201 brackets are more than 200/],
    ['whose caps do not rise', changed(2, { notionalCap: 600_000 }), /bracket 3 ends at 600000, not above 600000/],
    ['whose rates fall', changed(2, { maintenanceRate: 0.0049 }), /bracket 3 has rate 0.0049 behind 0.005/],
    ['with a rate of nothing', changed(0, { maintenanceRate: 0 }), /bracket 1 has rate 0/],
    ['whose leverage rises', changed(2, { maxLeverage: 101 }), /bracket 3 has leverage 101/],
    ['in percent', changed(0, { maintenanceRate: 0.4 }), /rate of 0.4 at leverage 125: more than the initial margin/],
    ['with a step', changed(2, { maintenanceAmount: 1000 }), /bracket 3 has amount 1000, and 950/],
    ['that begins with an amount', changed(0, { maintenanceAmount: 2 }), /bracket 1 has amount 2, and 0/],
    ['of numbers that are none', changed(1, { notionalCap: Number.NaN }), /bracket 2 ends at NaN/],
  ])('%s is refused by name', (_, given, message) => {
    expect(() => marginTierTable('BTCUSDT', given)).toThrow(expect.objectContaining({ code: 'bad_tiers' }));
    expect(() => marginTierTable('BTCUSDT', given)).toThrow(message);
  });
});
