import { describe, expect, it } from 'vitest';
import { assumptionsOf, observedShare } from '../../src/market/assumptions.ts';
import { type Book, evolve, initialBook } from '../../src/market/book.ts';
import type { MarketEvent } from '../../src/market/event.ts';
import { batchFromEvents } from '../../src/market/event-batch.ts';
import { bookCells } from '../support/book-cells.ts';
import { modelSet } from '../support/market-arbitraries.ts';

let lastId = 1;
const at = (time: number) => ({ time, id: ++lastId });
const mark = (price: number, time = 1): MarketEvent => ({ kind: 'mark_price', ...at(time), price });
const interest = (contracts: number, time = 1): MarketEvent => ({ kind: 'open_interest', ...at(time), contracts });
const trade = (price: number, quantity: number, taker: 'buy' | 'sell', time = 1): MarketEvent => ({
  kind: 'trade',
  ...at(time),
  price,
  quantity,
  taker,
});
const candle = (
  prices: [number, number, number, number],
  volume: number,
  takerBuyVolume: number | null,
): MarketEvent => {
  const [open, high, low, close] = prices;
  return { kind: 'candle', ...at(1), open, high, low, close, volume, takerBuyVolume };
};

function bookOf(...events: MarketEvent[]): Book {
  const book = initialBook('BTCUSDT');
  evolve(book, batchFromEvents([modelSet, ...events]));
  return book;
}
const then = (book: Book, ...events: MarketEvent[]): Book => {
  evolve(book, batchFromEvents(events));
  return book;
};
/** Cells that hold something, as prices. */
const prices = (book: Book, side: 'long' | 'short') =>
  [...bookCells(book[side]).entries()].filter(([, mass]) => mass > 0).map(([cell]) => cell * book.tick);

describe('a book', () => {
  it('fixes its step at the first price: a 1-2-5 step near 0.1 %', () => {
    expect(bookOf(mark(98_450)).levelStep).toEqual({ mantissa: 1, exponent: 2 });
    expect(then(bookOf(mark(98_450)), mark(200_000)).levelStep).toEqual({ mantissa: 1, exponent: 2 });
    expect(bookOf(mark(2700)).levelStep).toEqual({ mantissa: 2, exponent: 0 });
    expect(bookOf(mark(0.000_012)).levelStep).toEqual({ mantissa: 1, exponent: -8 });
  });

  it('spreads a taker’s buy over longs from 0.3 % below to the bottom', () => {
    const book = bookOf(trade(100_000, 10, 'buy'));
    const longs = prices(book, 'long');
    expect(longs.at(-1)! / 100_000).toBeCloseTo(1 - 0.00325, 3);
    expect(longs[0]! / 100_000).toBeLessThan(0.1);
    expect(prices(book, 'short')).toEqual([]);
    expect(book.long.total).toBeCloseTo(5, 12);
    expect(book.long.created).toBe(40);
  });

  it('spreads a taker’s sell over shorts above', () => {
    const book = bookOf(trade(100_000, 10, 'sell'));
    expect(prices(book, 'short')[0]! / 100_000).toBeCloseTo(1 + 0.0032, 3);
    expect(prices(book, 'short').at(-1)! / 100_000).toBeGreaterThan(1.9);
    expect(book.long.total).toBe(0);
  });

  it('sweeps the longs that a falling mark reaches, bounds inclusive, and counts their cohorts', () => {
    const book = bookOf(trade(100_000, 10, 'buy'));
    const [nearest, next] = prices(book, 'long').reverse();
    then(book, mark(nearest! + book.tick / 2));
    expect(book.long.consumed).toBe(0);
    then(book, mark(nearest!));
    expect(book.long.consumed).toBeGreaterThan(0);
    expect(Math.max(...prices(book, 'long'))).toBe(next);
    then(book, mark(100_000));
    expect(Math.max(...prices(book, 'long'))).toBe(next);
  });

  it('lets traded prices liquidate only while there is no mark price', () => {
    const byTrade = bookOf(trade(100_000, 10, 'buy'), trade(90_000, 1e-9, 'buy'));
    expect(byTrade.long.consumed).toBeGreaterThan(0);
    const byMark = bookOf(mark(100_000), trade(100_000, 10, 'buy'), trade(90_000, 1e-9, 'buy'));
    expect(byMark.long.consumed).toBe(0);
    expect(byMark.price).toBe(100_000);
  });

  it('sweeps the whole range of a candle and then opens at its close', () => {
    const book = bookOf(candle([100, 100, 100, 100], 10, 5));
    const [long, short] = [Math.max(...prices(book, 'long')), Math.min(...prices(book, 'short'))];
    then(book, candle([100, short, long, 100], 10, 5));
    expect(book.long.consumed).toBeGreaterThan(0);
    expect(book.short.consumed).toBeGreaterThan(0);
    expect(book.price).toBe(100);
  });

  it('splits a candle by its taker-buy volume, evenly where that was not measured, and says so', () => {
    const split = bookOf(candle([100, 100, 100, 100], 10, 8));
    expect([split.long.total, split.short.total]).toEqual([4, 1]);
    expect(assumptionsOf([split]).join()).not.toMatch(/no taker side/);
    const even = bookOf(candle([100, 100, 100, 100], 10, null));
    expect([even.long.total, even.short.total]).toEqual([2.5, 2.5]);
    expect(assumptionsOf([even]).join()).toMatch(/100 % of the candles name no taker side/);
  });

  it('places the open interest that was there before at the first price, and knows it was not seen opening', () => {
    const book = bookOf(interest(100), mark(100));
    expect([book.long.total, book.short.total]).toEqual([100, 100]);
    expect(observedShare([book])).toBeCloseTo(0, 12);
    // Half of the volume opens: 100 contracts of longs, and as many of the 200 are closed.
    then(book, trade(100, 200, 'buy'));
    expect([book.long.total, book.short.total]).toEqual([100, 100]);
    expect(observedShare([book])).toBeCloseTo(0.25, 12);
    then(book, mark(99), mark(101));
    expect(observedShare([book])!).toBeGreaterThan(0.25);
  });

  it('opens on both sides when open interest rises and closes on both when it falls', () => {
    const book = bookOf(mark(100), interest(100), interest(130));
    expect([book.long.total, book.short.total]).toEqual([130, 130]);
    expect(observedShare([book])).toBeCloseTo(30 / 130, 12);
    then(book, interest(65));
    expect([book.long.total, book.short.total]).toEqual([65, 65]);
    then(book, interest(0));
    expect(prices(book, 'long')).toEqual([]);
    expect(then(book, interest(10)).long.total).toBe(10);
  });

  it('opens and closes twice the effective volume in all, with the change of open interest within it', () => {
    // A book whose every contract was there before: what of it is left tells how much was closed, 1 − closed ÷ total a step.
    const opened = (book: Book) => book.long.created + book.short.created;
    const book = bookOf(mark(100), interest(1000));
    const before = opened(book);
    then(book, interest(1010));
    // Both sides opened 10; the next 5 of volume on each side explain half of that and open nothing.
    expect(opened(book) - before).toBe(80);
    then(book, trade(100, 10, 'buy'), trade(100, 10, 'sell'));
    expect(opened(book) - before).toBe(80);
    then(book, trade(100, 10, 'buy'));
    expect(opened(book) - before).toBe(120);
  });

  it('puts what was swept back at the price of now where open interest is known: someone took it over', () => {
    const book = bookOf(mark(100), interest(1000), mark(70));
    expect(book.long.total).toBeCloseTo(1000, 9);
    expect(book.long.consumed).toBeGreaterThan(0);
    expect(Math.max(...prices(book, 'long'))).toBeLessThan(70);
  });

  it('halves in a half-life where there is no open interest, and not where there is', () => {
    const day = 86_400_000;
    const book = bookOf(trade(100, 100, 'buy', 1000));
    then(book, { kind: 'liquidation', ...at(1000 + day), price: 1, quantity: 1, side: 'long' });
    expect(book.long.total).toBeCloseTo(25, 9);
    expect(book.liquidatedLong).toBe(1);
    const known = bookOf(mark(100, 1000), interest(100, 1000));
    then(known, { kind: 'liquidation', ...at(1000 + day), price: 1, quantity: 1, side: 'short' });
    expect(known.long.total).toBe(100);
  });

  it('makes room when the price rises far beyond the first one', () => {
    const book = bookOf(mark(100), interest(100), mark(1000), interest(300));
    expect(Math.min(...prices(book, 'short'))).toBeGreaterThan(1000);
    expect(Math.max(...prices(book, 'short'))).toBeGreaterThan(1900);
    expect(book.short.total).toBeCloseTo(300, 9);
  });
});
