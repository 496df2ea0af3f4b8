import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evolve, initialBook } from '../../src/market/book.ts';
import { bookDigest } from '../../src/market/book-codec.ts';
import { type Column, ColumnFold } from '../../src/market/column-fold.ts';
import type { MarketEvent } from '../../src/market/event.ts';
import { batchesOf, batchFromEvents } from '../../src/market/event-batch.ts';
import { evolveSymbol, initialSymbolBook } from '../../src/market/symbol-book.ts';
import { symbolBookDigest } from '../../src/market/symbol-book-codec.ts';
import { modelSet, sensibleEvents } from '../support/market-arbitraries.ts';

const intervalMs = 60_000;

function folded(events: readonly MarketEvent[], startMs: number, endMs: number, batchEvents = 512) {
  const book = initialSymbolBook('BTCUSDT');
  const columns: (Column & { digest: string; seq: number })[] = [];
  const fold = new ColumnFold(book, null, { startMs, endMs, intervalMs }, (column) =>
    columns.push({ ...column, digest: symbolBookDigest(book), seq: book.version }),
  );
  for (let from = 0; from < events.length; from += batchEvents) {
    fold.take(batchFromEvents(events.slice(from, from + batchEvents)));
  }
  return { columns, fold };
}

const mark = (time: number, price: number, id = time): MarketEvent => ({ kind: 'mark_price', time, id, price });
const trade = (time: number, price: number): MarketEvent => ({
  kind: 'trade',
  time,
  id: time,
  price,
  quantity: 1,
  taker: 'buy',
});

describe('a book at regular moments', () => {
  it('holds at each moment exactly the events that came before the first later one, in whatever batches', () => {
    fc.assert(
      fc.property(sensibleEvents, fc.integer({ min: 1, max: 7 }), (raw, batchEvents) => {
        // A few minutes in order of time.
        const events = [
          modelSet,
          ...raw.map((event, i) => ({ ...event, time: 1 + ((event.time + i * 20_000) % 600_000) })),
        ];
        const startMs = 60_000;
        const endMs = 540_000;
        const { columns } = folded(events, startMs, endMs, batchEvents);
        for (const { time, digest, seq } of columns) {
          const later = events.findIndex((event) => event.time > time);
          // An earlier event may be behind a later one: the log's order counts.
          const firstLater = later === -1 ? events.length : later;
          expect(seq).toBe(firstLater);
          const book = initialBook('BTCUSDT');
          for (const batch of batchesOf(events.slice(0, firstLater))) evolve(book, batch);
          expect(digest).toBe(bookDigest(book));
        }
        expect(columns.map(({ time }) => time)).toEqual([...columns.map(({ time }) => time)].sort((a, b) => a - b));
      }),
    );
  });

  it('gives no column that a later event could still change, and none before there is a price', () => {
    const events = [modelSet, mark(130_000, 100), trade(170_000, 101), mark(240_000, 102)];
    expect(folded(events, 60_000, 600_000).columns.map(({ time }) => time)).toEqual([180_000]);
    expect(folded([...events, mark(240_001, 102)], 60_000, 600_000).columns.map(({ time }) => time)).toEqual([
      180_000, 240_000,
    ]);
  });

  it('gives the path of the price that liquidates since the moment before: marks once there are some', () => {
    const events = [
      modelSet,
      trade(61_000, 90),
      trade(62_000, 110),
      mark(63_000, 100),
      trade(64_000, 300),
      mark(65_000, 105),
      mark(120_000, 99),
      mark(130_000, 101),
      mark(250_000, 100),
    ];
    expect(folded(events, 120_000, 240_000).columns).toMatchObject([
      { time: 120_000, path: { open: 100, high: 105, low: 99 } },
      { time: 180_000, path: { open: 101, high: 101, low: 101 } },
      { time: 240_000, path: null },
    ]);
  });

  it('counts what was opened and swept since the moment before, also in the first column', () => {
    const events = [
      modelSet,
      mark(1000, 100),
      trade(50_000, 100),
      trade(100_000, 100),
      trade(119_000, 100),
      mark(121_000, 1),
    ];
    const { columns } = folded(events, 120_000, 120_000);
    expect(columns).toMatchObject([{ created: 80, consumed: 0 }]);
    const whole = folded([...events, mark(300_000, 1)], 60_000, 180_000).columns;
    expect(whole.map(({ created }) => created)).toEqual([40, 80, 0]);
    expect(whole[2]!.consumed).toBeGreaterThan(100);
  });

  it('leaves out what lies before the state it begins with, whose counts it does not know', () => {
    const book = initialSymbolBook('BTCUSDT');
    evolveSymbol(book, batchFromEvents([modelSet, mark(1000, 100), trade(130_000, 100)]));
    const times: number[] = [];
    const fold = new ColumnFold(book, null, { startMs: 60_000, endMs: 300_000, intervalMs }, ({ time }) =>
      times.push(time),
    );
    fold.take(batchFromEvents([trade(170_000, 100), trade(230_000, 100), trade(400_000, 100)]));
    expect(times).toEqual([240_000, 300_000]);
    expect(fold.isDone).toBe(true);
  });
});
