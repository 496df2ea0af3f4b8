import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchFromEvents, eventsOfBatch, maxBatchEvents, sliceBatch } from '../../src/market/event-batch.ts';
import { eventOf, modelSet, sensible } from '../support/market-arbitraries.ts';

describe('a batch of columns', () => {
  it('gives back the events it was made of, and any part of them', () => {
    const events = fc.array(eventOf(sensible), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(events, fc.nat(), fc.nat(), (all, a, b) => {
        const batch = batchFromEvents(all);
        expect(eventsOfBatch(batch)).toEqual(all);
        const [from, to] = [a % (all.length + 1), b % (all.length + 1)].sort((x, y) => x - y) as [number, number];
        expect(eventsOfBatch(sliceBatch(batch, from, to))).toEqual(all.slice(from, to));
      }),
    );
  });

  it('holds 1 to 512 events and says so otherwise', () => {
    const many = (count: number) => Array.from({ length: count }, () => modelSet);
    expect(batchFromEvents(many(maxBatchEvents)).count).toBe(512);
    expect(() => batchFromEvents([])).toThrow('a batch holds 1 to 512 events, not 0');
    expect(() => batchFromEvents(many(513))).toThrow('a batch holds 1 to 512 events, not 513');
  });
});
