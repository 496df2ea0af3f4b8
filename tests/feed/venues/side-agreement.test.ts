import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/feed/random.ts';
import { binanceDecoder } from '../../../src/feed/venues/binance-decoder.ts';
import { bybitDecoder } from '../../../src/feed/venues/bybit-decoder.ts';
import type { FrameDecoder } from '../../../src/feed/venues/decoded-frame.ts';
import { okxDecoder } from '../../../src/feed/venues/okx-decoder.ts';
import { SideAgreement } from '../../../src/feed/venues/side-agreement.ts';

const minuteMs = 60_000;

/** A mutant: a decoder whose takers are on the wrong side. */
function inverted(decode: FrameDecoder): FrameDecoder {
  return (text) => {
    const decoded = decode(text);
    if (decoded.outcome !== 'market') return decoded;
    const observations = decoded.observations.map(({ symbol, observation }) => {
      if (observation.kind !== 'trade') return { symbol, observation };
      return { symbol, observation: { ...observation, taker: observation.taker === 'buy' ? 'sell' : 'buy' } as const };
    });
    return { ...decoded, observations };
  };
}

const newOkxDecoder = () => okxDecoder(() => new Map([['BTCUSDT', 0.01]]));

/** Frames of the venues for some minutes of one market: in each minute its takers lean to one side, each venue with its own luck. */
function watch(minutes: number, binance: FrameDecoder, bybit: FrameDecoder, okx: FrameDecoder = newOkxDecoder()) {
  const agreement = new SideAgreement(['binance', 'bybit', 'okx']);
  const random = new Random('takers');
  let id = 0;
  const tell = (venue: string, decode: FrameDecoder, frame: object) => {
    const decoded = decode(JSON.stringify(frame));
    if (decoded.outcome !== 'market') throw new Error(`the frame is ${decoded.outcome}`);
    for (const observation of decoded.observations) agreement.add(venue, observation);
  };
  for (let minute = 0; minute < minutes; minute++) {
    const buyShare = random.uniform() < 0.5 ? 0.3 : 0.7;
    for (let i = 0; i < 40; i++) {
      const time = minute * minuteMs + i * 1000;
      const base = { s: 'BTCUSDT', p: '100.0' };
      tell('binance', binance, { e: 'aggTrade', ...base, a: ++id, q: '1', T: time, m: random.uniform() >= buyShare });
      const fill = {
        ...base,
        T: time,
        seq: ++id,
        i: String(id),
        v: '1',
        S: random.uniform() < buyShare ? 'Buy' : 'Sell',
      };
      tell('bybit', bybit, { topic: 'publicTrade.BTCUSDT', ts: time, data: [fill] });
      const instId = 'BTC-USDT-SWAP';
      const side = random.uniform() < buyShare ? 'buy' : 'sell';
      const entry = { instId, tradeId: String(++id), px: '100.0', sz: '100', side, ts: String(time), count: '1' };
      tell('okx', okx, { arg: { channel: 'trades', instId }, data: [entry] });
    }
  }
  return agreement.agreements();
}

describe('the sides of venues', () => {
  it('agree in nearly every minute that leans clearly', () => {
    for (const { minutes, share, isAlarming } of watch(60, binanceDecoder(), bybitDecoder())) {
      expect(minutes).toBeGreaterThan(40);
      expect(share).toBeGreaterThan(0.9);
      expect(isAlarming).toBe(false);
    }
  });

  it.each([
    ['binance', inverted(binanceDecoder()), bybitDecoder(), newOkxDecoder()],
    ['bybit', binanceDecoder(), inverted(bybitDecoder()), newOkxDecoder()],
    ['okx', binanceDecoder(), bybitDecoder(), inverted(newOkxDecoder())],
  ])('raise an alarm with every other when the decoder of %s is inverted', (name, binance, bybit, okx) => {
    for (const { venues, share, isAlarming } of watch(60, binance, bybit, okx)) {
      expect([venues, isAlarming]).toEqual([venues, venues.includes(name)]);
      if (isAlarming) expect(share).toBeLessThan(0.1);
    }
  });

  it('raise none before enough minutes were compared', () => {
    const agreements = watch(20, inverted(binanceDecoder()), bybitDecoder());
    expect(agreements.map(({ isAlarming }) => isAlarming)).toEqual([false, false, false]);
  });

  it('are unknown where only one venue speaks', () => {
    const agreement = new SideAgreement(['binance', 'bybit']);
    for (let minute = 0; minute < 50; minute++) {
      const trade = {
        kind: 'trade',
        time: minute * minuteMs,
        id: minute,
        price: 1,
        quantity: 1,
        taker: 'buy',
      } as const;
      agreement.add('binance', { symbol: 'BTCUSDT', observation: trade });
    }
    expect(agreement.agreements()).toEqual([
      { venues: ['binance', 'bybit'], minutes: 0, share: null, isAlarming: false },
    ]);
  });
});
