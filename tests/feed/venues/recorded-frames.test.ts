/** Every recorded frame of the venues, decoded, against counts that never parse a frame: they look for its text. */
import { describe, expect, it } from 'vitest';
import { binanceDecoder } from '../../../src/feed/venues/binance-decoder.ts';
import { bybitDecoder } from '../../../src/feed/venues/bybit-decoder.ts';
import type { FrameDecoder } from '../../../src/feed/venues/decoded-frame.ts';
import { readOkxContracts } from '../../../src/feed/venues/okx-contracts.ts';
import { okxDecoder } from '../../../src/feed/venues/okx-decoder.ts';
import { decide } from '../../../src/market/decide.ts';
import type { Observation } from '../../../src/market/event.ts';
import { kindCodes } from '../../../src/market/event-batch.ts';
import { hasVenueFrames, recordedAnswer, recordedFrames } from '../../support/venue-frames.ts';

interface Tally {
  readonly outcomes: Record<string, number>;
  readonly unused: Record<string, number>;
  readonly bySymbol: Map<string, Observation[]>;
}

function decodeAll(frames: readonly string[], decode: FrameDecoder): Tally {
  const outcomes: Record<string, number> = {};
  const unused: Record<string, number> = {};
  const bySymbol = new Map<string, Observation[]>();
  for (const frame of frames) {
    const decoded = decode(frame);
    outcomes[decoded.outcome] = (outcomes[decoded.outcome] ?? 0) + 1;
    if (decoded.outcome === 'unused') {
      const kind = decoded.topic.split('.')[0]!;
      unused[kind] = (unused[kind] ?? 0) + 1;
    }
    if (decoded.outcome !== 'market') continue;
    expect(decoded.errors).toEqual([]);
    for (const { symbol, observation } of decoded.observations) {
      bySymbol.set(symbol, [...(bySymbol.get(symbol) ?? []), observation]);
    }
  }
  return { outcomes, unused, bySymbol };
}

const all = ({ bySymbol }: Tally) => [...bySymbol.values()].flat();
const countOf = (frames: readonly string[], text: string) => frames.join('\n').split(text).length - 1;
const matches = (frames: readonly string[], pattern: RegExp) => [...frames.join('\n').matchAll(pattern)];
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const trades = (tally: Tally) => all(tally).filter((one) => one.kind === 'trade');

describe.skipIf(!hasVenueFrames())('the recorded frames of Binance', () => {
  const frames = hasVenueFrames() ? recordedFrames('BINANCE_FUTURES', 'wss://fstream.binance.com') : [];
  const tally = decodeAll(frames, binanceDecoder());

  it('decode, or are named as ones that are not used', () => {
    expect(tally.outcomes).toEqual({
      market: countOf(frames, '@aggTrade"'),
      unused: frames.length - countOf(frames, '@aggTrade"'),
    });
    const named = ['bookTicker', 'depthUpdate', 'kline'].map((kind) => [kind, countOf(frames, `"e":"${kind}"`)]);
    expect(tally.unused).toEqual(Object.fromEntries(named));
    expect(frames.length).toBe(1535);
  });

  it('hold the trades that a search of their text finds: number, quantity, side', () => {
    const found = matches(frames, /"a":\d+,"s":"\w+","p":"[\d.]+","q":"([\d.]+)".*?"m":(true|false)/g);
    expect(trades(tally).length).toBe(91);
    expect(trades(tally).length).toBe(found.length);
    for (const taker of ['buy', 'sell'] as const) {
      const isMaker = taker === 'sell' ? 'true' : 'false';
      const ours = trades(tally).filter((one) => one.taker === taker);
      const theirs = found.filter(([, , maker]) => maker === isMaker);
      expect(ours.length).toBe(theirs.length);
      expect(sum(ours.map(({ quantity }) => quantity))).toBeCloseTo(sum(theirs.map(([, q]) => Number(q))), 6);
    }
  });

  it('number their trades one by one', () => {
    for (const [symbol, observations] of tally.bySymbol) {
      const ids = observations.map(({ id }) => id);
      expect([symbol, ...ids]).toEqual([symbol, ...ids.map((_, i) => ids[0]! + i)]);
    }
  });
});

describe.skipIf(!hasVenueFrames())('the recorded frames of Bybit', () => {
  const frames = hasVenueFrames() ? recordedFrames('BYBIT', 'wss://stream.bybit.com/v5/public/linear') : [];
  const tally = decodeAll(frames, bybitDecoder());

  it('decode, or are named as ones that are not used', () => {
    const market = countOf(frames, '"topic":"publicTrade') + countOf(frames, '"topic":"tickers');
    const answers = countOf(frames, '"op":"subscribe"');
    expect(tally.outcomes).toEqual({ market, answer: answers, unused: frames.length - market - answers });
    expect(tally.unused).toEqual({
      orderbook: countOf(frames, '"topic":"orderbook'),
      kline: countOf(frames, '"topic":"kline'),
    });
    expect(frames.length).toBe(2546);
  });

  it('hold the trades that a search of their text finds: number, quantity, side', () => {
    const found = matches(frames, /"S":"(Buy|Sell)","v":"([\d.]+)","p":"[\d.]+"/g);
    expect(trades(tally).length).toBe(327);
    expect(trades(tally).length).toBe(found.length);
    for (const taker of ['buy', 'sell'] as const) {
      const ours = trades(tally).filter((one) => one.taker === taker);
      const theirs = found.filter(([, side]) => side!.toLowerCase() === taker);
      expect(ours.length).toBe(theirs.length);
      expect(sum(ours.map(({ quantity }) => quantity))).toBeCloseTo(sum(theirs.map(([, , v]) => Number(v))), 6);
    }
  });

  it('hold the marks and the one-sided open interest that a search of their text finds', () => {
    const numbers = (pattern: RegExp) =>
      matches(frames, pattern)
        .map(([, value]) => Number(value))
        .sort();
    const marks = all(tally).flatMap((one) => (one.kind === 'mark_price' ? [one.price] : []));
    const interest = all(tally).flatMap((one) => (one.kind === 'open_interest' ? [one.contracts] : []));
    expect(marks.sort()).toEqual(numbers(/"markPrice":"([\d.]+)"/g));
    expect(interest.sort()).toEqual(numbers(/"singleOpenInterest":"([\d.]+)"/g));
    expect([marks.length, interest.length]).toEqual([89, 20]);
  });

  it('are all new to a stream: the ids of each kind rise', () => {
    for (const observations of tally.bySymbol.values()) {
      const lastIds = new Float64Array(16).fill(Number.NaN);
      for (const observation of observations) {
        const code = kindCodes[observation.kind];
        if (observation.kind !== 'trade')
          expect(decide({ lastIds, tick: Number.NaN }, observation).outcome).toBe('accepted');
        expect(observation.id <= lastIds[code]!).toBe(false);
        lastIds[code] = observation.id;
      }
    }
  });
});

describe.skipIf(!hasVenueFrames())('the recorded frames and answers of OKX', () => {
  const contracts = hasVenueFrames()
    ? readOkxContracts(recordedAnswer('OKX', 'https://www.okx.com/api/v5/public/instruments?instType=SWAP'))
    : new Map<string, number>();
  const recorded = hasVenueFrames() ? recordedFrames('OKX', 'wss://ws.okx.com') : [];
  // What was recorded is the spot pair, in the same form; its trades stand for those of the perpetual.
  const frames = recorded
    .filter((frame) => !frame.includes('"BTC-USD-220527"') && !frame.includes('"UNI-USD-SWAP"'))
    .map((frame) => frame.replaceAll('"BTC-USDT"', '"BTC-USDT-SWAP"'));
  const tally = decodeAll(
    frames,
    okxDecoder(() => contracts),
  );

  it('list the sizes of contracts of perpetuals against USDT', () => {
    expect(contracts.size).toBe(126);
    expect([contracts.get('BTCUSDT'), contracts.get('ETHUSDT'), contracts.has('BTCUSD')]).toEqual([0.01, 0.1, false]);
  });

  it('decode, or are named as ones that are not used', () => {
    const answers = countOf(frames, '"event":"subscribe"');
    const market =
      countOf(frames, '"channel":"trades"') - countOf(frames, '"event":"subscribe","arg":{"channel":"trades"');
    expect(tally.outcomes).toEqual({ market, answer: answers, unused: frames.length - market - answers });
    expect(Object.keys(tally.unused).sort()).toEqual(['books', 'tickers']);
  });

  it('hold the trades that a search of their text finds, numbered one by one', () => {
    const found = matches(frames, /"sz":"([\d.]+)","side":"(buy|sell)"/g);
    const ids = trades(tally).map(({ id }) => id);
    expect(ids).toEqual(ids.map((_, i) => ids[0]! + i));
    expect(trades(tally).length).toBe(69);
    for (const taker of ['buy', 'sell'] as const) {
      const ours = trades(tally).filter((one) => one.taker === taker);
      const theirs = found.filter(([, , side]) => side === taker);
      expect(ours.length).toBe(theirs.length);
      expect(sum(ours.map(({ quantity }) => quantity))).toBeCloseTo(sum(theirs.map(([, sz]) => Number(sz))) / 100, 9);
    }
  });

  it('of anything but perpetuals against USDT are refused by name', () => {
    const other = recorded.find((frame) => frame.includes('"channel":"trades","instId":"UNI-USD-SWAP"},"data"'))!;
    expect(okxDecoder(() => contracts)(other)).toMatchObject({ observations: [], errors: [{ code: 'bad_text' }] });
  });
});
