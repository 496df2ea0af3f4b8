import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBatch, encodeBatch } from '../../src/log/batch-codec.ts';
import { BatchPage } from '../../src/log/batch-page.ts';
import { batchFromEvents, eventsOfBatch } from '../../src/market/event-batch.ts';
import { eventOf, hostile } from '../support/market-arbitraries.ts';

const batches = fc.array(eventOf(hostile), { minLength: 1, maxLength: 40 }).map(batchFromEvents);

describe('a page of batches', () => {
  it('holds each as if it had been encoded alone, turn after turn and beyond its first size', () => {
    const page = new BatchPage();
    fc.assert(
      fc.property(fc.array(batches, { maxLength: 80 }), (turn) => {
        const places = turn.map((batch) => page.write(batch));
        const bytes = page.take();
        for (const [i, { from, to }] of places.entries()) {
          expect(Buffer.from(bytes.subarray(from, to)).equals(encodeBatch(turn[i]!))).toBe(true);
          expect(eventsOfBatch(decodeBatch(bytes.subarray(from, to)))).toEqual(eventsOfBatch(turn[i]!));
        }
        expect(page.take()).toHaveLength(0);
      }),
    );
  });
});
