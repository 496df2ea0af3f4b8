/** What the venues list, from their answers to the symbols that are served. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binanceListing } from '../../../src/feed/venues/binance-listing.ts';
import { bybitListing } from '../../../src/feed/venues/bybit-listing.ts';
import { bybitVenue } from '../../../src/feed/venues/bybit-venue.ts';
import { okxListing } from '../../../src/feed/venues/okx-listing.ts';
import { rankSymbols } from '../../../src/feed/venues/rank-symbols.ts';

const contract = {
  symbol: 'BTCUSDT',
  pair: 'BTCUSDT',
  contractType: 'PERPETUAL',
  deliveryDate: 4133404800000,
  onboardDate: 1569398400000,
  status: 'TRADING',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  marginAsset: 'USDT',
};
const ticker = { symbol: 'BTCUSDT', lastPrice: '4.00000200', volume: '8913.30000000', quoteVolume: '15.30000000' };
const binance = (symbols: unknown, tickers: unknown) =>
  binanceListing.read([JSON.stringify({ serverTime: 1, symbols }), JSON.stringify(tickers)]);

const row = {
  symbol: 'BTCUSDT',
  lastPrice: '17216.00',
  openInterest: '68744.761',
  openInterestValue: '1183601235.91',
  deliveryTime: '0',
};
const bybit = (list: unknown) =>
  bybitListing.read([JSON.stringify({ retCode: 0, retMsg: 'OK', result: { category: 'linear', list }, time: 1 })]);

describe('the list of Binance', () => {
  it('has the perpetuals in USDT that trade, with their volume of a day', () => {
    const symbols = [
      contract,
      { ...contract, symbol: 'ETHUSDC', quoteAsset: 'USDC' },
      { ...contract, symbol: 'BTCUSDT_260327', contractType: 'CURRENT_QUARTER' },
      { ...contract, symbol: 'OLDUSDT', status: 'SETTLING' },
    ];
    expect(binance(symbols, [ticker])).toEqual({ listed: [{ symbol: 'BTCUSDT', openInterest: 15.3 }], leftOut: [] });
  });

  it('leaves out by name what is no symbol of ours and what has no volume', () => {
    const symbols = ['币安人生USDT', 'NEWUSDT', 'BADUSDT', 'BTCUSDT'].map((symbol) => ({ ...contract, symbol }));
    const tickers = [ticker, { ...ticker, symbol: 'BADUSDT', quoteVolume: 'NaN' }];
    expect(binance(symbols, tickers)).toEqual({
      listed: [{ symbol: 'BTCUSDT', openInterest: 15.3 }],
      leftOut: ['币安人生USDT', 'NEWUSDT', 'BADUSDT'],
    });
  });
});

describe('the list of Bybit', () => {
  it('has the perpetuals in USDT, with their open interest of one side', () => {
    const list = [
      row,
      { ...row, symbol: 'ETHUSDT', singleOpenInterestValue: '5000' },
      { ...row, symbol: 'BTCPERP' },
      { ...row, symbol: 'BTCUSDT-26DEC25', deliveryTime: '1766736000000' },
      { ...row, symbol: 'NEWUSDT', openInterestValue: '' },
    ];
    expect(bybit(list)).toEqual({
      listed: [
        { symbol: 'BTCUSDT', openInterest: 1183601235.91 / 2 },
        { symbol: 'ETHUSDT', openInterest: 5000 },
      ],
      leftOut: ['NEWUSDT'],
    });
  });

  it('is under our names', () => {
    const list = [{ ...row, symbol: 'SHIB1000USDT' }];
    const body = JSON.stringify({ retCode: 0, retMsg: 'OK', result: { list }, time: 1 });
    expect(bybitVenue().listing.read([body]).listed).toMatchObject([{ symbol: '1000SHIBUSDT' }]);
  });
});

describe('the list of OKX', () => {
  it('has the perpetuals against USDT under our names, with their open interest in USD', () => {
    const swap = { instType: 'SWAP', instId: 'BTC-USDT-SWAP', oi: '5000', oiCcy: '555.55', oiUsd: '50000', ts: '1' };
    const data = [swap, { ...swap, instId: 'BTC-USD-SWAP' }, { ...swap, instId: 'NEW-USDT-SWAP', oiUsd: '' }];
    expect(okxListing.read([JSON.stringify({ code: '0', msg: '', data })])).toEqual({
      listed: [{ symbol: 'BTCUSDT', openInterest: 50_000 }],
      leftOut: ['NEWUSDT'],
    });
  });

  it('is not lost for an entry that cannot be read', () => {
    const swap = { instId: 'BTC-USDT-SWAP', oiUsd: '1' };
    expect(okxListing.read([JSON.stringify({ code: '0', msg: '', data: [null, { oiUsd: '1' }, swap] })])).toEqual({
      listed: [{ symbol: 'BTCUSDT', openInterest: 1 }],
      leftOut: ['an entry without a name', 'an entry without a name'],
    });
  });
});

it.each([
  ['nothing listed', () => bybit([]), /no USDT perpetual among 0 entries/],
  ['no list', () => bybit(undefined), /list is undefined, not a list/],
  ['no contracts', () => binance(undefined, []), /symbols is undefined, not a list/],
  ['an error', () => binanceListing.read(['{"code":-1003,"msg":"Too many requests."}', '[]']), /symbols is undefined/],
  ['no JSON', () => binanceListing.read(['<html>', '[]']), /not JSON/],
])('an answer with %s is refused by name', (_, read, message) => {
  expect(read).toThrow(message);
});

const listing = fc.uniqueArray(
  fc.record({ symbol: fc.constantFrom('A1', 'B1', 'C1', 'D1', 'E1'), openInterest: fc.integer({ min: 0, max: 9 }) }),
  { selector: ({ symbol }) => symbol },
);

describe('the symbols that are served', () => {
  it('are those with the most open interest of all venues together, the greatest first', () => {
    const binance = [
      { symbol: 'BTCUSDT', openInterest: 9 },
      { symbol: 'ETHUSDT', openInterest: 4 },
    ];
    const bybit = [
      { symbol: 'XRPUSDT', openInterest: 5 },
      { symbol: 'ETHUSDT', openInterest: 2 },
      { symbol: 'DOGEUSDT', openInterest: 4 },
    ];
    expect(rankSymbols([binance, bybit], 3)).toEqual(['BTCUSDT', 'ETHUSDT', 'XRPUSDT']);
  });

  it('are as many as asked for or all, none before one with more, the same whatever the order of the lists', () => {
    fc.assert(
      fc.property(listing, listing, fc.integer({ min: 1, max: 6 }), (a, b, most) => {
        const served = rankSymbols([a, b], most);
        const sum = (symbol: string) =>
          [...a, ...b].reduce((total, one) => total + (one.symbol === symbol ? one.openInterest : 0), 0);
        const all = new Set([...a, ...b].map(({ symbol }) => symbol));
        const rest = [...all].filter((symbol) => !served.includes(symbol));
        expect(served.length).toBe(Math.min(most, all.size));
        expect(new Set(served).size).toBe(served.length);
        const sums = [...served, ...rest].map(sum);
        for (const [i, symbol] of served.entries()) expect(sum(symbol)).toBe(Math.max(...sums.slice(i)));
        expect(rankSymbols([b.toReversed(), a.toReversed()], most)).toEqual(served);
      }),
    );
  });
});
