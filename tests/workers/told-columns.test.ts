import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MarginTiersObservation, Observation, SymbolObservation, Told } from '../../src/market/event.ts';
import { columnsOfTold, toldOfColumns } from '../../src/workers/told-columns.ts';
import { eventOf, hostile } from '../support/market-arbitraries.ts';

const venue = fc.constantFrom('binance' as const, 'bybit' as const, 'okx' as const);
/** A taker's share that is no number was not measured. */
const facts = fc
  .tuple(eventOf(hostile), venue)
  .filter(([event]) => !(event.kind === 'candle' && Number.isNaN(event.takerBuyVolume)))
  .map(([event, from]) => ({ ...event, venue: from }) as Observation);
const tables: fc.Arbitrary<MarginTiersObservation> = fc.record({
  kind: fc.constant('margin_tiers' as const),
  time: fc.nat(),
  id: fc.nat(),
  tiers: fc.constant([{ notionalCap: 50_000, maintenanceRate: 0.004, maintenanceAmount: 0, maxLeverage: 125 }]),
  venue,
});
const chunks: fc.Arbitrary<SymbolObservation<Told>[]> = fc.array(
  fc.record({
    symbol: fc.constantFrom('BTCUSDT', 'ETHUSDT', 'SOLUSDT'),
    observation: fc.oneof({ weight: 9, arbitrary: facts }, { weight: 1, arbitrary: tables as fc.Arbitrary<Told> }),
  }),
  { maxLength: 1500, size: 'max' },
);

describe('what a feed tells, as columns', () => {
  it('is the same on the other thread, in the same order', () => {
    fc.assert(
      fc.property(chunks, (chunk) => {
        expect(toldOfColumns(structuredClone(columnsOfTold(chunk)))).toEqual(chunk);
      }),
      { numRuns: 30 },
    );
  });
});
