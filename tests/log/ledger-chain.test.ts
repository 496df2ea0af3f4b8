/** The chain of a score ledger finds whatever is done to it, but for what no chain can find; and its records survive as rows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBatch, encodeBatch } from '../../src/log/batch-codec.ts';
import { EventLogError } from '../../src/log/event-log.ts';
import { LedgerChain } from '../../src/log/ledger-chain.ts';
import { maxTextBytes, rowsOfText, textOfRows } from '../../src/log/text-rows.ts';
import { chained, newEntry } from '../support/ledger-entries.ts';

const name = 'score:test:BTCUSDT';
const ledger = fc.array(newEntry, { minLength: 2, maxLength: 6 }).map((entries) => chained(name, entries));

/** Place of the first record that is refused; null: all are taken. */
function brokenAt(records: readonly string[], of = name): number | null {
  const chain = new LedgerChain(of);
  for (const record of records) {
    try {
      chain.take(record);
    } catch (error) {
      expect(error).toBeInstanceOf(EventLogError);
      return chain.count;
    }
  }
  return null;
}

describe('the chain of a ledger', () => {
  it('takes what was sealed, as it was', () => {
    fc.assert(
      fc.property(ledger, (entries) => {
        const chain = new LedgerChain(name);
        expect(entries.map(({ record }) => chain.take(record))).toEqual(entries);
        expect([chain.count, chain.head]).toEqual([entries.length, entries.at(-1)!.hash]);
      }),
    );
  });

  it('finds a byte that was changed, wherever it is', () => {
    fc.assert(
      fc.property(ledger, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (entries, which, where, change) => {
        const records = entries.map(({ record }) => record);
        const place = which % records.length;
        const bytes = Buffer.from(records[place]!);
        bytes[where % bytes.length]! ^= change;
        records[place] = bytes.toString('latin1');
        expect(brokenAt(records)).toBe(place);
      }),
    );
  });

  it('finds an entry that was left out, put in a second time, or swapped with another', () => {
    fc.assert(
      fc.property(ledger, fc.nat(), fc.nat(), (entries, one, other) => {
        const records = entries.map(({ record }) => record);
        const [first, second] = [one % (records.length - 1), other % records.length];
        expect(brokenAt(records.toSpliced(first, 1))).toBe(first);
        expect(brokenAt(records.toSpliced(second + 1, 0, records[second]!))).toBe(second + 1);
        if (first === second) return;
        const swapped = records.with(first, records[second]!).with(second, records[first]!);
        expect(brokenAt(swapped)).toBe(Math.min(first, second));
      }),
    );
  });

  it('finds an entry that was made anew with a right hash, by the one behind it', () => {
    fc.assert(
      fc.property(ledger, newEntry, fc.nat(), (entries, forged, which) => {
        const place = which % (entries.length - 1);
        const chain = new LedgerChain(name);
        for (const { record } of entries.slice(0, place)) chain.take(record);
        const record = chain.seal(forged).record;
        fc.pre(record !== entries[place]!.record);
        expect(brokenAt(entries.map((entry) => entry.record).with(place, record))).toBe(place + 1);
      }),
    );
  });

  it('does not stand in for the ledger of another stream', () => {
    fc.assert(
      fc.property(ledger, (entries) => {
        expect(
          brokenAt(
            entries.map(({ record }) => record),
            'score:test:ETHUSDT',
          ),
        ).toBe(0);
      }),
    );
  });

  it('knows its end by the hash of the last entry alone: what was cut off there is not missed', () => {
    fc.assert(
      fc.property(ledger, (entries) => {
        expect(brokenAt(entries.slice(0, -1).map(({ record }) => record))).toBeNull();
      }),
    );
  });
});

describe('text as rows', () => {
  it('comes back through the codec of batches, whatever its letters', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (one, time, id) => {
        const rows = decodeBatch(encodeBatch(rowsOfText(one, time, id)));
        expect(textOfRows(rows)).toBe(one);
        expect([...rows.time, ...rows.id].every((value, i) => value === (i < rows.count ? time : id))).toBe(true);
      }),
    );
  });

  it('may fill a batch and not more, and is not found in other rows', () => {
    expect(textOfRows(rowsOfText('x'.repeat(maxTextBytes), 0, 0))).toBe('x'.repeat(maxTextBytes));
    expect(() => rowsOfText('x'.repeat(maxTextBytes + 1), 0, 0)).toThrow(RangeError);
    expect(() => rowsOfText('', 0, 0)).toThrow(RangeError);
    const rows = rowsOfText('text', 0, 0);
    rows.kind[0] = 1;
    expect(textOfRows(rows)).toBeNull();
    const odd = rowsOfText('text', 0, 0);
    odd.a[0] = 0.5;
    expect(textOfRows(odd)).toBeNull();
  });
});
