/** What holds for every book, whatever was folded into it. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Book, evolve, initialBook } from '../../src/market/book.ts';
import { bookDigest, decodeBook, encodeBook } from '../../src/market/book-codec.ts';
import type { BookSide } from '../../src/market/book-side.ts';
import { copyWindow, levelColumns, levelsOfWindow, windowColumnsLength } from '../../src/market/book-window.ts';
import type { MarketEvent, Observation } from '../../src/market/event.ts';
import { batchFromEvents } from '../../src/market/event-batch.ts';
import { intake } from '../../src/market/intake.ts';
import { LevelSums } from '../../src/market/level-sums.ts';
import { leverageBandCount } from '../../src/market/leverage-bands.ts';
import { levelRoom } from '../../src/market/price-grid.ts';
import { symbolBookOf, viewOfBook } from '../../src/market/symbol-book.ts';
import { bookCells } from '../support/book-cells.ts';
import { hostileEvents, modelSet, sensibleEvents } from '../support/market-arbitraries.ts';

const foldAll = (events: readonly MarketEvent[], book = initialBook('BTCUSDT')): Book => {
  for (const event of events) evolve(book, batchFromEvents([event]));
  return book;
};

const isEmpty = (cells: Float64Array, from: number, to: number): boolean => {
  for (let cell = from; cell < Math.min(to, cells.length); cell++) if (cells[cell] !== 0) return false;
  return true;
};
const sumOfColumn = (column: Float64Array | Uint32Array): number => {
  let sum = 0;
  for (const value of column) sum += value;
  return sum;
};
const isSound = (cells: Float64Array): boolean => {
  for (const mass of cells) if (!(mass >= 0 && mass < Number.POSITIVE_INFINITY)) return false;
  return true;
};
const sumOf = (side: BookSide): number => sumOfColumn(side.cells) * side.scale;
const cohortsOf = (side: BookSide): number => sumOfColumn(side.cohorts);
const sides = (book: Book) => [book.long, book.short];

function expectClose(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(expected), 1e-6));
}

/** After the open interest and a price are known. */
const opening: MarketEvent[] = [
  modelSet,
  { kind: 'open_interest', time: 1, id: 1, contracts: 500 },
  { kind: 'mark_price', time: 1, id: 1, price: 100 },
];

const isModel = (event: MarketEvent) => event.kind === 'model_set';

describe('a book whose open interest is known', () => {
  it('holds it on both sides after every step', () => {
    fc.assert(
      fc.property(sensibleEvents, (events) => {
        const book = foldAll(opening);
        for (const event of events.filter((each) => !isModel(each))) {
          evolve(book, batchFromEvents([event]));
          for (const side of sides(book)) {
            expectClose(sumOf(side), book.openInterest);
            expectClose(side.total, book.openInterest);
          }
        }
      }),
    );
  });

  it('still holds it after a hundred thousand steps that sweep most of it again and again', () => {
    const book = foldAll(opening);
    let state = 12345;
    const random = () => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return state / 0x7fffffff;
    };
    let price = 100;
    for (let i = 0; i < 250; i++) {
      const events: MarketEvent[] = [];
      for (let j = 0; j < 400; j++) {
        const id = i * 400 + j + 2;
        price = Math.min(Math.max(price * (1 + (random() - 0.5) * (j === 0 ? 0.9 : 0.01)), 20), 500);
        const what = random();
        if (what < 0.3) events.push({ kind: 'mark_price', time: id, id, price });
        else if (what < 0.35) events.push({ kind: 'open_interest', time: id, id, contracts: 100 + 900 * random() });
        else
          events.push({
            kind: 'trade',
            time: id,
            id,
            price,
            quantity: 5 * random() + 0.001,
            taker: random() < 0.5 ? 'buy' : 'sell',
          });
      }
      evolve(book, batchFromEvents(events));
      for (const side of sides(book)) expectClose(sumOf(side), book.openInterest);
    }
  });
});

describe('every book', () => {
  it('never holds a NaN, a negative cell or a lost cohort, whatever it is told', () => {
    fc.assert(
      fc.property(hostileEvents, fc.boolean(), (events, isOpened) => {
        const book = foldAll(events, isOpened ? foldAll(opening) : initialBook('BTCUSDT'));
        for (const side of sides(book)) {
          expect(isSound(side.cells)).toBe(true);
          expect(side.total).toBeGreaterThanOrEqual(0);
          expect(Number.isFinite(side.total)).toBe(true);
          expect(side.scale).toBeGreaterThan(0);
          expect(side.consumed + cohortsOf(side)).toBeLessThanOrEqual(side.created);
        }
      }),
    );
  });

  it('is the same, bit for bit, however its events were batched', () => {
    const events = fc.oneof(sensibleEvents, hostileEvents).map((some) => [modelSet, ...some]);
    fc.assert(
      fc.property(events, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (all, cuts) => {
        const oneByOne = foldAll(all);
        const whole = initialBook('BTCUSDT');
        evolve(whole, batchFromEvents(all));
        const cut = initialBook('BTCUSDT');
        for (let from = 0, i = 0; from < all.length; i++) {
          const size = cuts[i % cuts.length]!;
          evolve(cut, batchFromEvents(all.slice(from, from + size)));
          from += size;
        }
        expect(bookDigest(whole)).toBe(bookDigest(oneByOne));
        expect(bookDigest(cut)).toBe(bookDigest(oneByOne));
      }),
    );
  });

  it('comes back from its bytes and goes on as if nothing had been', () => {
    fc.assert(
      fc.property(hostileEvents, hostileEvents, (before, after) => {
        const book = foldAll([modelSet, ...before]);
        const copy = decodeBook('BTCUSDT', encodeBook(book))!;
        expect(bookDigest(copy)).toBe(bookDigest(book));
        expect(bookDigest(foldAll(after, copy))).toBe(bookDigest(foldAll(after, book)));
      }),
    );
  });

  it('is not read from bytes that are cut, longer, or of another schema', () => {
    const bytes = encodeBook(foldAll(opening));
    expect(decodeBook('BTCUSDT', bytes.subarray(0, bytes.length - 1))).toBeNull();
    expect(decodeBook('BTCUSDT', new Uint8Array([...bytes, 0]))).toBeNull();
    expect(decodeBook('BTCUSDT', new Uint8Array(0))).toBeNull();
    const other = bytes.slice();
    new Float64Array(other.buffer)[0] = 1;
    expect(decodeBook('BTCUSDT', other)).toBeNull();
  });

  it('loses mass by sweeping and closing and never gains any by it', () => {
    fc.assert(
      fc.property(sensibleEvents, (events) => {
        // No open interest: then nothing is put back, and marks and time only take away.
        const book = foldAll([modelSet]);
        for (const event of events.filter((each) => each.kind !== 'open_interest' && !isModel(each))) {
          const before = sides(book).map(sumOf);
          evolve(book, batchFromEvents([event]));
          if (event.kind === 'trade' || event.kind === 'candle') continue;
          for (const [i, side] of sides(book).entries())
            expect(sumOf(side)).toBeLessThanOrEqual(before[i]! * (1 + 1e-12));
        }
      }),
    );
  });

  it('holds exactly nothing where its price has been since, and has longs only below and shorts only above it', () => {
    fc.assert(
      fc.property(sensibleEvents, (events) => {
        const book = foldAll(opening);
        for (const event of events) {
          evolve(book, batchFromEvents([event]));
          const price = book.price / book.tick;
          expect(isEmpty(bookCells(book.long), Math.ceil(price), book.long.cellCount)).toBe(true);
          expect(isEmpty(bookCells(book.short), 0, Math.floor(price) + 1)).toBe(true);
        }
      }),
    );
  });

  it('shows levels that add up to what it holds, longs at or below the price, shorts at or above', () => {
    fc.assert(
      fc.property(sensibleEvents, (events) => {
        const book = foldAll([...opening, ...events]);
        const columns = new Float64Array(windowColumnsLength(viewOfBook(book), 1));
        const window = copyWindow(viewOfBook(book), 1, columns);
        const levels = levelsOfWindow({ ...window, columns });
        const step = book.tick * 5;
        for (let i = 0; i < levels.count; i++) {
          const price = levels.number[i]! * step;
          if (levels.longDensity[i]! > 0) expect(price).toBeLessThanOrEqual(book.price * (1 + 1e-9));
          if (levels.shortDensity[i]! > 0) expect(price).toBeGreaterThanOrEqual(book.price * (1 - 1e-9));
          if (i > 0) expect(levels.number[i]).toBeGreaterThan(levels.number[i - 1]!);
          expect(levels.longDensity[i]! + levels.shortDensity[i]!).toBeGreaterThan(0);
        }
        // Each level is off by at most half a dollar; a short cell belongs to the level at or above it.
        const shown = levels.shortDensity.reduce((sum, usd) => sum + usd, 0);
        let held = 0;
        for (let cell = 0; cell < window.cellCount; cell++) {
          held +=
            columns[window.cellCount + cell]! *
            window.scales[0]!.short *
            Math.ceil((window.firstCell + cell) / 5) *
            step;
        }
        expect(Math.abs(shown - held)).toBeLessThanOrEqual(0.5 * (window.cellCount / 5 + 1) + 1e-9 * held);
      }),
    );
  });
});

describe('levels that are summed again and again', () => {
  it('are those of a fresh copy of the book, bit for bit, whatever was looked at before', () => {
    fc.assert(
      fc.property(
        fc.array(sensibleEvents, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(0.01, 0.25, 1),
        fc.integer({ min: 1, max: 31 }),
        (parts, range, bands) => {
          const book = foldAll(opening);
          const sums = new LevelSums(bands);
          for (const events of parts) {
            foldAll(events, book);
            const columns = new Float64Array(windowColumnsLength(viewOfBook(book), range));
            const fresh = levelsOfWindow({ ...copyWindow(viewOfBook(book), range, columns, bands), columns });
            const levels = sums.levels(viewOfBook(book), range, levelColumns(levelRoom(book.long.cellCount)));
            expect(levels.count).toBe(fresh.count);
            for (const column of ['number', 'longDensity', 'shortDensity'] as const) {
              expect(levels[column].subarray(0, levels.count)).toEqual(fresh[column].subarray(0, fresh.count));
            }
          }
        },
      ),
    );
  });
});

describe('the leverage bands of a book', () => {
  it('are together what the book shows, and each holds its own rungs', () => {
    fc.assert(
      fc.property(sensibleEvents, (events) => {
        const book = foldAll([...opening, ...events]);
        const shown = (bands?: number) => {
          const columns = new Float64Array(windowColumnsLength(viewOfBook(book), 1));
          copyWindow(viewOfBook(book), 1, columns, bands);
          return columns;
        };
        const all = shown();
        const sum = new Float64Array(all.length);
        for (let band = 0; band < leverageBandCount; band++) {
          const own = shown(1 << band);
          for (let i = 0; i < own.length; i++) sum[i]! += own[i]!;
        }
        const isOff = all.findIndex((mass, i) => Math.abs(sum[i]! - mass) > 1e-12 * mass);
        expect(isOff).toBe(-1);
      }),
    );
  });
});

describe('what intake accepts', () => {
  it('is folded in full: no accepted event is passed over', () => {
    fc.assert(
      fc.property(hostileEvents, (events) => {
        const observations = events.filter(
          (event): event is Observation => event.kind !== 'model_set' && event.kind !== 'gap_detected',
        );
        const book = initialBook('BTCUSDT');
        const taken = intake(symbolBookOf(book), observations, { tiers: 1, ladder: 1, churn: 0.5, halfLifeMs: 1e8 });
        const kept = taken.events.filter((event) => event.kind !== 'model_set' && event.kind !== 'gap_detected');
        expect(kept.length + taken.duplicates + taken.refused.length).toBe(observations.length);
        for (const event of taken.events) {
          evolve(book, batchFromEvents([event]));
          if (event.kind === 'mark_price') expect(book.price).toBe(event.price);
          if (event.kind === 'open_interest') expect(book.openInterest).toBe(event.contracts);
        }
        expect(book.version).toBe(taken.events.length);
      }),
    );
  });
});
