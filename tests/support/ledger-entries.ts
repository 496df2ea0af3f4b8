/** Entries of a score ledger for tests: as random as they may be, and chained. */
import fc from 'fast-check';
import { LedgerChain, type PlacedEntry } from '../../src/log/ledger-chain.ts';
import {
  curveDistances,
  type NewEntry,
  type UnscoredReason,
  unscoredReasons,
} from '../../src/protocol/ledger-entry.ts';
import type { Completeness } from '../../src/protocol/liquidations-message.ts';

const usd = fc.double({ min: 0, max: 1e12, noNaN: true });
const price = fc.double({ min: 0.001, max: 1e6, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const venue = fc.constantFrom(null, 'binance', 'bybit');
const completeness = fc.constantFrom<Completeness>('complete', 'sampled', 'simulated');
const curve = fc.array(usd, { minLength: curveDistances.length, maxLength: curveDistances.length });
const interval = fc.nat(1e6).map((place) => {
  const [start, end] = [place, place + 1].map((at) => new Date(at * 1_800_000).toISOString());
  return { start: start!, end: end! };
});
const side = fc.record({
  predicted_usd: usd,
  liquidated_usd: usd,
  move: share,
  excursion: share,
  depth: fc.option(share),
  age_hours: usd,
});
const digest = fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: 64, maxLength: 64 });

export const newEntry: fc.Arbitrary<NewEntry> = fc.oneof(
  fc
    .tuple(
      interval,
      fc.record({
        kind: fc.constant('frozen' as const),
        epoch: fc.string(),
        seq: fc.nat(),
        layout: fc.string(),
        digest: digest.map((letters) => letters.join('')),
        books: fc.array(fc.record({ venue, price, model: fc.constant(null), long: curve, short: curve }), {
          minLength: 1,
          maxLength: 3,
        }),
      }),
    )
    .map(([times, rest]) => ({ ...times, ...rest })),
  fc
    .tuple(
      interval,
      fc.record({
        kind: fc.constant('scored' as const),
        seq: fc.nat(),
        books: fc.array(
          fc.record({ venue, completeness, open: price, high: price, low: price, long: side, short: side }),
          { minLength: 1, maxLength: 3 },
        ),
        not_scored: fc.constant([]).map(() => []),
      }),
    )
    .map(([times, rest]) => ({ ...times, ...rest })),
  fc
    .tuple(
      interval,
      fc.record({
        kind: fc.constant('unscored' as const),
        reason: fc.constantFrom(...(Object.keys(unscoredReasons) as UnscoredReason[])),
      }),
    )
    .map(([times, rest]) => ({ ...times, ...rest })),
);

/** As a ledger of this name would hold them. */
export function chained(name: string, entries: readonly NewEntry[]): PlacedEntry[] {
  const chain = new LedgerChain(name);
  return entries.map((entry) => chain.take(chain.seal(entry).record));
}
