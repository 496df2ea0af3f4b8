import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBatch } from '../../src/log/batch-codec.ts';
import { BatchSequence, type StoredBytes } from '../../src/log/stored-batches.ts';
import { eventsOfBatch } from '../../src/market/event-batch.ts';
import { batchOf } from '../support/event-log-acceptance.ts';

function rowsOf(sizes: readonly number[]): StoredBytes[] {
  let version = 0;
  return sizes.map((count) => {
    const row = { fromVersion: version, count, bytes: encodeBatch(batchOf(version, version + count)) };
    version += count;
    return row;
  });
}

const sizes = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 2, maxLength: 12 });

describe('rows of the log in order', () => {
  it('are the events from any version on', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), (counts, at) => {
        const rows = rowsOf(counts);
        const total = counts.reduce((sum, count) => sum + count, 0);
        const from = at % total;
        const sequence = new BatchSequence('s', from);
        const ids = rows
          .filter((row) => row.fromVersion + row.count > from)
          .flatMap((row) => eventsOfBatch(sequence.next(row).batch).map(({ id }) => id));
        expect(ids).toEqual(Array.from({ length: total - from }, (_, i) => from + i));
        expect(sequence.version).toBe(total);
      }),
    );
  });

  it.each([
    ['lost', (rows: StoredBytes[]) => rows.splice(1, 1)],
    ['doubled', (rows: StoredBytes[]) => rows.splice(1, 0, rows[1]!)],
    ['exchanged', (rows: StoredBytes[]) => rows.splice(1, 2, rows[2]!, rows[1]!)],
    ['moved', (rows: StoredBytes[]) => rows.splice(1, 1, { ...rows[1]!, fromVersion: rows[1]!.fromVersion - 1 })],
    ['said to hold more', (rows: StoredBytes[]) => rows.splice(1, 1, { ...rows[1]!, count: rows[1]!.count + 1 })],
    ['said to hold less', (rows: StoredBytes[]) => rows.splice(1, 1, { ...rows[1]!, count: rows[1]!.count - 1 })],
  ])('are refused when one is %s', (_, damage) => {
    const rows = rowsOf([3, 4, 5, 6]);
    damage(rows);
    const sequence = new BatchSequence('s', 0);
    expect(() => {
      for (const row of rows) sequence.next(row);
    }).toThrow(/stream s is damaged/);
  });
});
