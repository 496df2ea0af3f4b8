import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvFile, eventFileOf, parquetFile } from '../../src/log-tool/event-files.ts';
import { BadRow, type EventRow, eventOf, type PlacedEvent, rowOf } from '../../src/log-tool/event-table.ts';
import type { MarketEvent } from '../../src/market/event.ts';
import { modelSet, sensibleEvents } from '../support/market-arbitraries.ts';
import { temporaryDirectory } from '../support/server-process.ts';

const placed = (events: readonly MarketEvent[]): PlacedEvent[] =>
  [modelSet, ...events].map((event, i) => ({ stream: 'a:B', epoch: 'e', seq: i + 1, event }));

/** Numbers that files like to lose. */
const awkward: MarketEvent[] = [
  { kind: 'trade', time: 1.5, id: 2 ** 53 - 1, price: 5e-324, quantity: 1.7976931348623157e308, taker: 'sell' },
  { kind: 'liquidation', time: 1, id: 0, price: 0.1 + 0.2, quantity: -0, side: 'short' },
  { kind: 'candle', time: 2, id: 1, open: 1, high: 2, low: 1e-7, close: 1e21, volume: 0, takerBuyVolume: null },
  { kind: 'candle', time: 2, id: 2, open: 1, high: 2, low: 1, close: 1, volume: 0, takerBuyVolume: 0 },
  { kind: 'gap_detected', time: 3, id: 9, from: 4, to: 9 },
  { kind: 'gap_detected', time: 3, id: 10, from: 4, to: 9, of: 'liquidation' },
  { kind: 'open_interest', time: 3, id: 3, contracts: 12_345.678_9 },
];

describe('events as rows', () => {
  it('give the same events back', () => {
    fc.assert(
      fc.property(sensibleEvents, (events) => {
        for (const each of placed(events)) expect(eventOf(rowOf(each))).toEqual(each);
      }),
    );
  });

  it.each([
    [{ kind: 'trade' }, 'column stream is missing'],
    [
      { kind: 'barter', stream: 's', epoch: 'e', seq: 1, time_ms: 1, id: 1 },
      "column kind is no kind of event ('barter')",
    ],
    [
      { kind: 'mark_price', stream: 's', epoch: 'e', seq: 1, time_ms: 1, id: 1 },
      "column price is missing or no number ('')",
    ],
    [
      { kind: 'mark_price', stream: 's', epoch: 'e', seq: 0, time_ms: 1, id: 1, price: 1 },
      "column seq must be a whole number of at least 1 ('0')",
    ],
    [
      { kind: 'mark_price', stream: 's', epoch: 'e', seq: 1, time_ms: 1, id: 1, price: Number.NaN },
      "column price is missing or no number ('NaN')",
    ],
  ])('that are wrong are refused by column (%j)', (row, message) => {
    expect(() => eventOf(row as EventRow)).toThrow(BadRow);
    expect(() => eventOf(row as EventRow)).toThrow(message);
  });
});

describe('files of events', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeAll(async () => {
    directory = await temporaryDirectory();
  });
  afterAll(() => directory.dispose());

  it.each([
    ['parquet', parquetFile],
    ['csv', csvFile],
  ] as const)('%s give the same events back, also the awkward ones', async (ending, file) => {
    const path = join(directory.path, `events.${ending}`);
    const [events] = fc.sample(fc.tuple(sensibleEvents), { numRuns: 1, seed: 7 })[0]!;
    const all = placed([...awkward, ...events]);
    await file.write(path, all.map(rowOf));
    const again: PlacedEvent[] = [];
    for await (const row of file.read(path)) again.push(eventOf(row));
    expect(again).toEqual(all);
    expect(eventFileOf(path)).toBe(file);
  });

  it('are told by their ending', () => {
    expect(eventFileOf('events.json')).toBeNull();
  });
});
