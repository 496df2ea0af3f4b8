/** Good events of every kind from which inputs are made: the same ones in every run. */
import fc from 'fast-check';
import type { MarketEvent } from '../../src/market/event.ts';
import { batchFromEvents, type EventBatch } from '../../src/market/event-batch.ts';
import { hostileEvents, modelSet, sensibleEvents } from '../../tests/support/market-arbitraries.ts';

const seed = 11;

export function sampleEvents(count: number): MarketEvent[][] {
  return fc.sample(sensibleEvents, { numRuns: count, seed }).map((events) => [modelSet, ...events]);
}

export function sampleBatches(): EventBatch[] {
  const hostile = fc.sample(hostileEvents, { numRuns: 20, seed });
  return [...sampleEvents(20), ...hostile].map(batchFromEvents);
}
