import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symbolName } from '../../../src/feed/symbol-name.ts';
import { binanceVenue } from '../../../src/feed/venues/binance-venue.ts';
import { bybitVenue } from '../../../src/feed/venues/bybit-venue.ts';
import { symbolNames } from '../../../src/feed/venues/symbol-names.ts';
import type { Venue } from '../../../src/feed/venues/venue.ts';

const name = fc.stringMatching(symbolName);
const pairs = fc.uniqueArray(name, { minLength: 0, maxLength: 12 }).map((names) => {
  const half = Math.floor(names.length / 2);
  return names.slice(0, half).map((venueName, i) => [venueName, names[half + i]!] as const);
});

describe('names of symbols', () => {
  it('go to the venue and back, and come and go back, for every name there can be', () => {
    fc.assert(
      fc.property(pairs, fc.array(name), (differing, more) => {
        const { canonicalOf, venueNameOf } = symbolNames(differing);
        const all = new Set([...more, ...differing.flat()]);
        for (const text of all) {
          expect(canonicalOf(venueNameOf(text))).toBe(text);
          expect(venueNameOf(canonicalOf(text))).toBe(text);
        }
        expect(new Set([...all].map(canonicalOf)).size).toBe(all.size);
        for (const [venueName, canonical] of differing) expect(canonicalOf(venueName)).toBe(canonical);
      }),
    );
  });
});

const ticker = { topic: 'tickers.SHIB1000USDT', ts: 7, data: { symbol: 'SHIB1000USDT', markPrice: '0.02' } };
const mark = { e: 'markPriceUpdate', E: 7, s: '1MBABYDOGEUSDT', p: '0.001' };
const heard = (venue: Venue, frame: unknown) => venue.newDecoder()(JSON.stringify(frame));
const asked = (venue: Venue, symbol: string) =>
  venue
    .subscribe([symbol], true)
    .map(({ text }) => text)
    .join();

describe('a contract that a venue spells its own way', () => {
  it('has one name here, in what is heard and in what is asked for', () => {
    const bybit = bybitVenue();
    expect(heard(bybit, ticker)).toMatchObject({ observations: [{ symbol: '1000SHIBUSDT' }] });
    expect(asked(bybit, '1000SHIBUSDT')).toContain('"tickers.SHIB1000USDT"');
    expect(bybit.tradesPath('1000SHIBUSDT', 0)).toContain('symbol=SHIB1000USDT');
    expect(bybit.marginTiers!.path('1000SHIBUSDT', '')).toContain('symbol=SHIB1000USDT');
    expect(heard(binanceVenue, mark)).toMatchObject({ observations: [{ symbol: '1000000BABYDOGEUSDT' }] });
    expect(asked(binanceVenue, '1000000BABYDOGEUSDT')).toContain('"1mbabydogeusdt@aggTrade"');
    expect(binanceVenue.openInterest!.path('1000000BABYDOGEUSDT')).toContain('symbol=1MBABYDOGEUSDT');
    const bks = [{ bs: 1, bnf: 0, bnc: 5000, mmr: 0.01, cf: 0, mi: 1, ma: 50 }];
    const contract = { e: 'contractInfo', E: 7, s: '1MBABYDOGEUSDT', bks };
    expect(heard(binanceVenue, contract)).toMatchObject({ symbol: '1000000BABYDOGEUSDT' });
  });

  it('is no other contract of another size, which keeps its name', () => {
    for (const symbol of ['BTCUSDT', '1000PEPEUSDT', 'PEPEUSDT', '1000SATSUSDT', '10000SATSUSDT']) {
      for (const venue of [binanceVenue, bybitVenue()]) {
        expect(venue.tradesPath(symbol, 0)).toContain(`symbol=${symbol}&`);
      }
    }
  });

  it('keeps the order of a frame of several symbols', () => {
    const list = ['BTCUSDT', '1MBABYDOGEUSDT', 'ETHUSDT'].map((s) => ({ ...mark, s }));
    expect(heard(binanceVenue, list)).toMatchObject({
      observations: [{ symbol: 'BTCUSDT' }, { symbol: '1000000BABYDOGEUSDT' }, { symbol: 'ETHUSDT' }],
    });
  });
});
