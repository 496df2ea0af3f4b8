import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, type IngestState } from '../../src/market/decide.ts';
import type { Observation } from '../../src/market/event.ts';
import { kindCodes } from '../../src/market/event-batch.ts';
import { eventOf, hostile } from '../support/market-arbitraries.ts';

const minute = 60_000;
const trade = (id: number, changes = {}): Observation => ({
  kind: 'trade',
  time: 5,
  id,
  price: 100,
  quantity: 1,
  taker: 'buy',
  ...changes,
});
const candle = (openTime: number, changes = {}): Observation => ({
  kind: 'candle',
  time: openTime + minute,
  id: openTime,
  open: 100,
  high: 110,
  low: 90,
  close: 105,
  volume: 10,
  takerBuyVolume: 4,
  ...changes,
});
const mark = (id: number, price = 100): Observation => ({ kind: 'mark_price', time: id, id, price });
const interest = (id: number, contracts = 5): Observation => ({ kind: 'open_interest', time: id, id, contracts });

/** A stream that has seen these ids. */
function given(seen: Partial<Record<keyof typeof kindCodes, number>>, tick = Number.NaN): IngestState {
  const lastIds = new Float64Array(16).fill(Number.NaN);
  for (const [kind, id] of Object.entries(seen)) lastIds[kindCodes[kind as keyof typeof kindCodes]] = id;
  return { lastIds, tick };
}

describe('given a stream, an observation', () => {
  it.each<[string, IngestState, Observation]>([
    ['that is the first', given({}), trade(77)],
    ['that follows the last', given({ trade: 5 }), trade(6)],
    ['of a candle that follows the last', given({ candle: 0 }), candle(minute)],
    ['of a mark whose time is later', given({ mark_price: 5 }), mark(900)],
    ['of an open interest of nothing', given({ open_interest: 5 }), interest(6, 0)],
    ['of another kind with a lower id', given({ trade: 1000 }), mark(5)],
    ['of a candle whose taker side was not measured', given({}), candle(0, { takerBuyVolume: null })],
    ['of a candle without volume', given({}), candle(0, { volume: 0, takerBuyVolume: 0 })],
  ])('%s becomes an event', (_what, state, observation) => {
    expect(decide(state, observation)).toEqual({ outcome: 'accepted', events: [observation] });
  });

  it.each<[string, IngestState, Observation]>([
    ['trade', given({ trade: 5 }), trade(5)],
    ['older trade', given({ trade: 5 }), trade(2)],
    ['candle', given({ candle: minute }), candle(minute)],
    ['mark', given({ mark_price: 9 }), mark(9)],
  ])('of the same %s again becomes nothing', (_what, state, observation) => {
    expect(decide(state, observation)).toEqual({ outcome: 'duplicate' });
  });

  it.each<[string, IngestState, Observation, number, number]>([
    ['trades', given({ trade: 5 }), trade(9), 6, 9],
    ['candles', given({ candle: 0 }), candle(3 * minute), minute, 3 * minute],
  ])('after missing %s comes behind a gap', (_what, state, observation, from, to) => {
    const gap = { kind: 'gap_detected', time: observation.time, id: observation.id, from, to };
    expect(decide(state, observation)).toEqual({ outcome: 'accepted', events: [gap, observation] });
  });

  it('of a source that tells its gaps may leap, and a told gap is an event once', () => {
    const state = { ...given({ trade: 5 }), areGapsTold: true };
    expect(decide(state, trade(9))).toEqual({ outcome: 'accepted', events: [trade(9)] });
    const gap = { kind: 'gap_detected', time: 1, id: 7, from: 6, to: 9, of: 'trade' } as const;
    expect(decide(state, gap)).toEqual({ outcome: 'accepted', events: [gap] });
    expect(decide({ ...state, ...given({ gap_detected: 7 }) }, gap)).toEqual({ outcome: 'duplicate' });
    expect(decide(state, { ...gap, to: 6 })).toMatchObject({ outcome: 'refused' });
  });

  it.each<[Observation, RegExp]>([
    [trade(1, { price: Number.NaN }), /trade 1: price NaN/],
    [trade(1, { price: 0 }), /price 0/],
    [trade(1, { price: -5 }), /price -5/],
    [trade(1, { price: Number.POSITIVE_INFINITY }), /price Infinity/],
    [trade(1, { quantity: -1 }), /quantity -1/],
    [trade(1, { quantity: 1e300 }), /quantity 1e\+300/],
    [trade(Number.NaN), /id NaN/],
    [trade(1, { time: -1 }), /time -1/],
    [candle(0, { high: 80 }), /open 100 and close 105 must lie within low 90 and high 80/],
    [candle(0, { open: 111 }), /open 111/],
    [candle(0, { close: 89 }), /close 89/],
    [candle(0, { takerBuyVolume: 11 }), /taker-buy volume 11/],
    [candle(0, { time: 0 }), /close time 0 is not after open time 0/],
    [interest(1, Number.NaN), /contracts NaN/],
    [mark(1, 1e13), /price 10000000000000/],
  ])('that cannot be is refused, naming the value: %j', (observation, reason) => {
    expect(decide(given({}), observation)).toEqual({ outcome: 'refused', reason: expect.stringMatching(reason) });
  });

  it('whose price is beyond the grid of the epoch is refused, saying what to do', () => {
    expect(decide(given({}, 0.02), mark(1, 6000))).toEqual({
      outcome: 'refused',
      reason: expect.stringContaining("beyond this epoch's price grid"),
    });
    expect(decide(given({}, 0.02), mark(1, 4000))).toMatchObject({ outcome: 'accepted' });
  });

  it('of any kind and any numbers gets an answer, never an exception', () => {
    const observations = eventOf(hostile).filter(
      (event): event is Observation => event.kind !== 'model_set' && event.kind !== 'gap_detected',
    );
    fc.assert(
      fc.property(observations, fc.double(), (observation, last) => {
        const { outcome } = decide(given({ [observation.kind]: last }, 0.1), observation);
        expect(['accepted', 'duplicate', 'refused']).toContain(outcome);
      }),
    );
  });
});
