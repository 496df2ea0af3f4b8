import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/feed/random.ts';
import { binanceDecoder } from '../../../src/feed/venues/binance-decoder.ts';
import { bybitDecoder } from '../../../src/feed/venues/bybit-decoder.ts';
import type { FrameDecoder } from '../../../src/feed/venues/decoded-frame.ts';
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

/** Frames of both venues for some minutes of one market: in each minute its takers lean to one side, each venue with its own luck. */
function watch(minutes: number, binance: FrameDecoder, bybit: FrameDecoder) {
  const agreement = new SideAgreement(['binance', 'bybit']);
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
    }
  }
  return agreement.agreements()[0]!;
}

describe('the sides of two venues', () => {
  it('agree in nearly every minute that leans clearly', () => {
    const { minutes, share, isAlarming } = watch(60, binanceDecoder(), bybitDecoder());
    expect(minutes).toBeGreaterThan(40);
    expect(share).toBeGreaterThan(0.9);
    expect(isAlarming).toBe(false);
  });

  it.each([
    ['Binance', inverted(binanceDecoder()), bybitDecoder()],
    ['Bybit', binanceDecoder(), inverted(bybitDecoder())],
  ])('raise an alarm when the decoder of %s is inverted', (_, binance, bybit) => {
    const { share, isAlarming } = watch(60, binance, bybit);
    expect(share).toBeLessThan(0.1);
    expect(isAlarming).toBe(true);
  });

  it('raise none before enough minutes were compared', () => {
    expect(watch(20, inverted(binanceDecoder()), bybitDecoder())).toMatchObject({ isAlarming: false });
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
