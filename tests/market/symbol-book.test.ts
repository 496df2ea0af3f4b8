import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Book, evolve, initialBook } from '../../src/market/book.ts';
import { bookDigest } from '../../src/market/book-codec.ts';
import {
  cellCountOf,
  copyWindow,
  levelColumns,
  levelsOfWindow,
  windowColumnsLength,
} from '../../src/market/book-window.ts';
import { ColumnFold } from '../../src/market/column-fold.ts';
import type { MarketEvent, Told } from '../../src/market/event.ts';
import { batchesOf, batchFromEvents } from '../../src/market/event-batch.ts';
import { intake } from '../../src/market/intake.ts';
import { LevelSums } from '../../src/market/level-sums.ts';
import type { MarginTier } from '../../src/market/margin-tiers.ts';
import { levelRoom } from '../../src/market/price-grid.ts';
import { booksOf, evolveSymbol, initialSymbolBook, type SymbolBook, viewOf } from '../../src/market/symbol-book.ts';
import {
  decodeSymbolBook,
  encodeSymbolBook,
  symbolBookDigest,
  symbolBookTimeOf,
} from '../../src/market/symbol-book-codec.ts';
import { type VenueName, venueNames } from '../../src/market/venues.ts';
import { modelSet, sensibleEvents } from '../support/market-arbitraries.ts';

const model = { tiers: 1, ladder: 1, churn: 0.5, halfLifeMs: 86_400_000 };
const mark = (price: number, id: number, venue?: VenueName): MarketEvent => ({
  kind: 'mark_price',
  time: id,
  id,
  price,
  venue,
});

/** Events of several venues, each of which begins with its model and the same price, so that all have one axis by themselves. */
const venueEvents = fc
  .array(fc.tuple(fc.constantFrom(...venueNames), sensibleEvents), { minLength: 1, maxLength: 3 })
  .map((parts) => {
    const opening = venueNames.flatMap((venue) => [{ ...modelSet, venue }, mark(100, 1, venue)]);
    return [...opening, ...parts.flatMap(([venue, events]) => events.map((event) => ({ ...event, venue })))];
  });

function folded(events: readonly MarketEvent[], batchEvents = 512): SymbolBook {
  const whole = initialSymbolBook('BTCUSDT');
  for (let from = 0; from < events.length; from += batchEvents) {
    evolveSymbol(whole, batchFromEvents(events.slice(from, from + batchEvents)));
  }
  return whole;
}

function shown(whole: SymbolBook, venue: VenueName | null, range: number, bands?: number) {
  const view = viewOf(whole, venue);
  const columns = new Float64Array(windowColumnsLength(view, range));
  return levelsOfWindow({ ...copyWindow(view, range, columns, bands), columns });
}

describe('the books of a symbol', () => {
  it('are folded apart: each is what the events of its venue make alone', () => {
    fc.assert(
      fc.property(venueEvents, (events) => {
        const whole = folded(events);
        expect(whole.version).toBe(events.length);
        for (const book of booksOf(whole)) {
          const alone = initialBook('BTCUSDT', book.venue);
          for (const batch of batchesOf(events.filter(({ venue }) => venue === book.venue))) evolve(alone, batch);
          expect(bookDigest(book)).toBe(bookDigest(alone));
        }
      }),
    );
  });

  it('are the same however the events were batched, and come back from bytes bit for bit', () => {
    fc.assert(
      fc.property(venueEvents, fc.integer({ min: 1, max: 9 }), (events, batchEvents) => {
        const whole = folded(events);
        const digest = symbolBookDigest(whole);
        expect(symbolBookDigest(folded(events, batchEvents))).toBe(digest);
        const bytes = encodeSymbolBook(whole);
        expect(symbolBookTimeOf(bytes)).toBe(whole.time);
        const again = decodeSymbolBook('BTCUSDT', bytes)!;
        expect(symbolBookDigest(again)).toBe(digest);
        expect({ ...again, books: [] }).toEqual({ ...whole, books: [] });
        for (const end of [bytes.length - 1, bytes.length >> 1, 40]) {
          expect(decodeSymbolBook('BTCUSDT', bytes.subarray(0, end))).toBeNull();
        }
      }),
    );
  });

  it('of a source that names no venue are the one book that there was before, byte for byte', () => {
    fc.assert(
      fc.property(sensibleEvents, (events) => {
        const whole = folded([modelSet, ...events]);
        const book = initialBook('BTCUSDT');
        for (const batch of batchesOf([modelSet, ...events])) evolve(book, batch);
        expect(symbolBookDigest(whole)).toBe(bookDigest(book));
        const again = decodeSymbolBook('BTCUSDT', encodeSymbolBook(whole))!;
        expect({ ...again, books: [] }).toEqual({ ...whole, books: [] });
      }),
    );
  });

  it('share the axis that the first price of any of them set', () => {
    const whole = folded([
      { ...modelSet, venue: 'bybit' },
      { ...modelSet, venue: 'binance' },
      mark(100, 1, 'bybit'),
      mark(900, 2, 'binance'),
    ]);
    const [binance, bybit] = booksOf(whole) as [Book, Book];
    expect(binance.levelStep).toEqual(bybit.levelStep);
    expect(folded([mark(900, 1, 'binance')]).levelStep).not.toEqual(whole.levelStep);
  });
});

describe('a view of all venues together', () => {
  it('shows the sum of what each of them shows, but for rounding, and counts their cohorts', () => {
    fc.assert(
      fc.property(venueEvents, (events) => {
        const whole = folded(events);
        const all = shown(whole, null, 10);
        const parts = venueNames.map((venue) => shown(whole, venue, 10));
        const at = (levels: typeof all, number: number) => levels.number.subarray(0, levels.count).indexOf(number);
        for (let i = 0; i < all.count; i++) {
          for (const side of ['longDensity', 'shortDensity'] as const) {
            const sum = parts.reduce((usd, part) => usd + (part[side][at(part, all.number[i]!)] ?? 0), 0);
            expect(Math.abs(all[side][i]! - sum)).toBeLessThanOrEqual(2 + 1e-9 * sum);
          }
        }
      }),
    );
  });

  it('is the same, bit for bit, when it is summed again and again', () => {
    fc.assert(
      fc.property(
        fc.array(venueEvents, { minLength: 1, maxLength: 2 }),
        fc.constantFrom(0.01, 0.25, 1),
        fc.integer({ min: 1, max: 31 }),
        (parts, range, bands) => {
          const whole = initialSymbolBook('BTCUSDT');
          const sums = new LevelSums(bands);
          for (const events of parts) {
            for (const batch of batchesOf(events)) evolveSymbol(whole, batch);
            const view = viewOf(whole, null);
            const fresh = shown(whole, null, range, bands);
            const levels = sums.levels(view, range, levelColumns(levelRoom(cellCountOf(view.books))));
            expect(levels.count).toBe(fresh.count);
            for (const column of ['number', 'longDensity', 'shortDensity'] as const) {
              expect(levels[column].subarray(0, levels.count)).toEqual(fresh[column].subarray(0, fresh.count));
            }
          }
        },
      ),
    );
  });

  it('has the price of the first venue, and its column the path of that price', () => {
    const minute = 60_000;
    const columns: unknown[] = [];
    const whole = initialSymbolBook('BTCUSDT');
    const fold = new ColumnFold(
      whole,
      null,
      { startMs: 2 * minute, endMs: 3 * minute, intervalMs: minute },
      ({ path }, { price }) => columns.push({ ...path, close: price }),
    );
    fold.take(
      batchFromEvents([
        mark(100, minute - 1, 'bybit'),
        mark(107, minute + 1, 'bybit'),
        mark(101, minute + 2, 'binance'),
        mark(99, minute + 3, 'bybit'),
        mark(103, minute + 4, 'binance'),
        mark(90, 2 * minute + 1, 'bybit'),
        mark(102, 2 * minute + 2, 'binance'),
        mark(1, 4 * minute, 'binance'),
      ]),
    );
    expect(columns).toEqual([
      { open: 101, high: 103, low: 101, close: 103 },
      { open: 102, high: 102, low: 102, close: 102 },
    ]);
  });
});

describe('what intake makes of several venues', () => {
  const tiers = (rate: number): MarginTier[] => [
    { notionalCap: 50_000, maintenanceRate: rate, maintenanceAmount: 0, maxLeverage: 100 },
    { notionalCap: 1e9, maintenanceRate: rate * 2, maintenanceAmount: 50_000 * rate, maxLeverage: 50 },
  ];
  const table = (id: number, rate: number, venue?: VenueName): Told => ({
    kind: 'margin_tiers',
    time: id,
    id,
    tiers: tiers(rate),
    venue,
  });
  const trade = (id: number, venue: VenueName): Told => ({
    kind: 'trade',
    time: id,
    id,
    price: 100,
    quantity: 5,
    taker: 'buy',
    venue,
  });
  const take = (whole: SymbolBook, ...told: Told[]) => {
    const taken = intake(whole, told, model);
    for (const batch of batchesOf(taken.events)) evolveSymbol(whole, batch);
    return taken;
  };

  it('each has its own ids and is told its own model once', () => {
    const whole = initialSymbolBook('BTCUSDT');
    const first = take(whole, trade(5, 'binance'), trade(5, 'bybit'), trade(6, 'binance'));
    expect(first.events.map(({ kind, venue }) => [kind, venue])).toEqual([
      ['model_set', 'binance'],
      ['trade', 'binance'],
      ['model_set', 'bybit'],
      ['trade', 'bybit'],
      ['trade', 'binance'],
    ]);
    const second = take(whole, trade(6, 'binance'), trade(6, 'bybit'));
    expect([second.duplicates, second.events.length]).toEqual([1, 1]);
  });

  it('a table of margin tiers counts from its last row on, for its venue only, and is news only when it is another', () => {
    const whole = initialSymbolBook('BTCUSDT');
    take(whole, trade(1, 'binance'), trade(1, 'bybit'));
    const before = booksOf(whole).map(({ ladder }) => ladder);
    const rows = intake(whole, [table(10, 0.02, 'bybit')], model).events;
    expect(rows.map((row) => row.kind === 'margin_tier' && row.maintenanceRate)).toEqual([0.02, 0.04]);
    evolveSymbol(whole, batchFromEvents(rows.slice(0, 1)));
    expect(booksOf(whole).map(({ ladder }) => ladder)).toEqual(before);
    const half = decodeSymbolBook('BTCUSDT', encodeSymbolBook(whole))!;
    evolveSymbol(half, batchFromEvents(rows.slice(1)));
    const [binance, bybit] = booksOf(half) as [Book, Book];
    expect(binance.ladder).toEqual(before[0]);
    expect(bybit.tiers).toEqual(tiers(0.02));
    // With a higher maintenance rate the same distance is that of a lower leverage.
    expect(bybit.ladder!.leverage[0]!).toBeLessThan(before[1]!.leverage[0]!);
    expect(take(half, table(20, 0.02, 'bybit')).duplicates).toBe(1);
    expect(take(half, table(30, 0.03, 'bybit')).events).toHaveLength(2);
    expect(take(half, { ...table(40, 0.03, 'bybit'), tiers: [] } as Told).refused).toEqual([
      'margin_tiers 40: the table is empty',
    ]);
  });

  it('Bybit’s positions stand where Bybit’s own formula puts them', () => {
    const whole = initialSymbolBook('BTCUSDT');
    take(whole, trade(1, 'binance'), trade(1, 'bybit'));
    const [binance, bybit] = booksOf(whole) as [Book, Book];
    const rung = bybit.ladder!.leverage.findIndex((leverage) => leverage < 50);
    const leverage = bybit.ladder!.leverage[rung]!;
    expect(bybit.ladder!.long[rung]).toBeCloseTo(1 - (1 / leverage - 0.004), 12);
    expect(binance.ladder!.long[rung]).toBeCloseTo((1 - 1 / binance.ladder!.leverage[rung]!) / (1 - 0.004), 12);
  });
});
