import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBatch, encodeBatch } from '../../src/log/batch-codec.ts';
import { allocateBatch, batchFromEvents, type EventBatch, valueColumns } from '../../src/market/event-batch.ts';
import { eventOf, hostile } from '../support/market-arbitraries.ts';

const batches = fc.array(eventOf(hostile), { minLength: 1, maxLength: 40 }).map(batchFromEvents);

function expectSameBits(a: EventBatch, b: EventBatch): void {
  expect(a.count).toBe(b.count);
  for (const name of [...valueColumns, 'kind', 'side'] as const) {
    const bytes = (batch: EventBatch) =>
      Buffer.from(batch[name].buffer, batch[name].byteOffset, batch[name].byteLength);
    expect(bytes(a).equals(bytes(b)), name).toBe(true);
  }
}

describe('the batch codec', () => {
  it('gives back every batch bit for bit, NaN and negative zero too', () => {
    fc.assert(fc.property(batches, (batch) => expectSameBits(decodeBatch(encodeBatch(batch)), batch)));
  });

  it('reads from bytes that begin anywhere in a buffer', () => {
    fc.assert(
      fc.property(batches, fc.nat({ max: 9 }), (batch, offset) => {
        const bytes = encodeBatch(batch);
        const buffer = new Uint8Array(bytes.length + offset);
        buffer.set(bytes, offset);
        expectSameBits(decodeBatch(buffer.subarray(offset)), batch);
      }),
    );
  });

  it('spends nothing on columns that are all zero', () => {
    const marks = batchFromEvents(
      Array.from({ length: 100 }, (_, i) => ({ kind: 'mark_price' as const, time: i + 1, id: i + 1, price: 5 })),
    );
    expect(encodeBatch(marks)).toHaveLength(16 + 100 * (3 * 8 + 1));
  });

  it('notices any bit that was turned and any byte that is missing', () => {
    fc.assert(
      fc.property(batches, fc.nat(), fc.nat({ max: 7 }), (batch, place, bit) => {
        const bytes = encodeBatch(batch);
        const at = place % bytes.length;
        bytes[at]! ^= 1 << bit;
        expect(() => decodeBatch(bytes)).toThrow(expect.objectContaining({ code: 'corrupt' }));
        bytes[at]! ^= 1 << bit;
        expect(() => decodeBatch(bytes.subarray(0, at))).toThrow(expect.objectContaining({ code: 'corrupt' }));
      }),
    );
  });

  it('reads an older schema through its upcaster, and names one that it does not know', () => {
    const old = encodeBatch(batchFromEvents([{ kind: 'mark_price', time: 1, id: 1, price: 5 }]));
    const asSchema = (schema: number) => withSchema(old, schema);
    const upcaster = () => {
      const batch = allocateBatch(1);
      batch.a[0] = 77;
      return batch;
    };
    expect(decodeBatch(asSchema(0), new Map([[0, upcaster]])).a[0]).toBe(77);
    expect(() => decodeBatch(asSchema(9))).toThrow(expect.objectContaining({ code: 'schema_unknown' }));
  });
});

/** The same bytes under another schema number, with the checksum made right again by trying what it must be. */
function withSchema(bytes: Uint8Array, schema: number): Uint8Array {
  const changed = bytes.slice();
  changed[0] = schema;
  new DataView(changed.buffer).setUint32(4, checksumOf(changed), true);
  return changed;
}

function checksumOf(bytes: Uint8Array): number {
  const covered = Buffer.concat([bytes.subarray(0, 4), bytes.subarray(8)]);
  let crc = 0xffffffff;
  for (const byte of covered) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
