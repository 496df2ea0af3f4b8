import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSimulatedFeed } from '../../src/feed/simulated-feed.ts';
import { SimulatedMarket } from '../../src/feed/simulated-market.ts';
import { decide } from '../../src/market/decide.ts';
import type { Observation } from '../../src/market/event.ts';
import { kindCodes } from '../../src/market/event-batch.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { FeedReader, resumeAfter } from './feed-reader.ts';

const start = Date.parse('2026-01-01T00:00:00Z');

function marketOf(seed: number, symbol = 'BTCUSDT'): { market: SimulatedMarket; observations: Observation[] } {
  const market = new SimulatedMarket(symbol, seed, start);
  return { market, observations: market.opening() };
}

function run(seed: number, steps: number, symbol?: string): Observation[] {
  const { market, observations } = marketOf(seed, symbol);
  for (let step = 0; step < steps; step++) observations.push(...market.step());
  return observations;
}

const digestOf = (observations: readonly Observation[]) =>
  createHash('sha256').update(JSON.stringify(observations)).digest('hex');

describe('a simulated market', () => {
  it('follows from its seed and symbol alone', () => {
    expect(digestOf(run(1, 3000))).toBe(digestOf(run(1, 3000)));
    expect(digestOf(run(1, 3000))).not.toBe(digestOf(run(2, 3000)));
    expect(run(1, 100, 'AAAUSDT')).not.toEqual(run(1, 100, 'BBBUSDT'));
  });

  it.each([1, 2, 3, 4, 5])('says only what can be, with ids that rise and trades without a gap (seed %d)', (seed) => {
    const state = { lastIds: new Float64Array(16).fill(Number.NaN), tick: Number.NaN };
    for (const observation of run(seed, 20_000)) {
      expect(decide(state, observation)).toEqual({ outcome: 'accepted', events: [observation] });
      state.lastIds[kindCodes[observation.kind]] = observation.id;
    }
  });

  it('has as many long as short contracts at every moment, and says how many', () => {
    const { market } = marketOf(3);
    for (let step = 0; step < 20_000; step++) {
      const observations = market.step();
      const longs = market.positions('long').total;
      expect(Math.abs(longs - market.positions('short').total)).toBeLessThan(1e-6 * longs);
      const told = observations.find(({ kind }) => kind === 'open_interest');
      if (told?.kind === 'open_interest') expect(Math.abs(told.contracts - longs)).toBeLessThan(0.001);
    }
    const sum = market
      .positions('long')
      .lots()
      .reduce((total, { quantity }) => total + quantity, 0);
    expect(Math.abs(sum - market.positions('long').total)).toBeLessThan(1e-6 * sum);
  });

  it('liquidates whom the mark price has reached, all of them, and nobody else', () => {
    const { market } = marketOf(2);
    // One second behind, so that it still has the positions that the other one liquidates.
    const { market: before } = marketOf(2);
    let liquidations = 0;
    for (let step = 0; step < 6000; step++) {
      const liquidated = market.step().filter((observation) => observation.kind === 'liquidation');
      for (const side of ['long', 'short'] as const) {
        const prices = liquidated.filter((each) => each.side === side).map(({ price }) => price);
        if (prices.length === 0) continue;
        liquidations += prices.length;
        const isReached = (price: number) => (side === 'long' ? price >= market.markPrice : price <= market.markPrice);
        const reached = before
          .positions(side)
          .lots()
          .map(({ liquidationPrice }) => liquidationPrice)
          .filter((price) => price > 0 && isReached(price));
        // Those closed in the same second before the mark price came are not liquidated.
        const open = new Set(reached.map((price) => price.toFixed(1)));
        for (const price of prices) expect(open).toContain(price.toFixed(1));
        const left = market
          .positions(side)
          .lots()
          .filter(({ liquidationPrice }) => liquidationPrice > 0 && isReached(liquidationPrice));
        expect(left).toEqual([]);
      }
      before.step();
    }
    expect(liquidations).toBeGreaterThan(20);
  });

  it.each([1, 2, 3, 4, 5])('keeps to a plausible size: price, volume and trades of three days (seed %d)', (seed) => {
    const { market } = marketOf(seed);
    let volume = 0;
    let smallest = Number.POSITIVE_INFINITY;
    let [low, high] = [Number.POSITIVE_INFINITY, 0];
    for (let step = 0; step < 3 * 86_400; step++) {
      for (const observation of market.step()) {
        if (observation.kind === 'trade') volume += observation.quantity;
        if (observation.kind === 'trade' || observation.kind === 'liquidation')
          smallest = Math.min(smallest, observation.price, observation.quantity);
      }
      low = Math.min(low, market.markPrice);
      high = Math.max(high, market.markPrice);
    }
    expect(smallest).toBeGreaterThan(0);
    expect(high / low).toBeGreaterThan(1.02);
    expect(high / low).toBeLessThan(1.5);
    expect(volume / 3 / market.openInterest).toBeGreaterThan(1);
    expect(volume / 3 / market.openInterest).toBeLessThan(10);
  });

  it('does not run out of open interest, whatever is liquidated', () => {
    const { market } = marketOf(1);
    const first = market.openInterest;
    for (let step = 0; step < 10 * 86_400; step++) market.step();
    expect(market.openInterest / first).toBeGreaterThan(0.95);
    expect(market.openInterest / first).toBeLessThan(1.05);
  });
});

describe('the simulated feed', () => {
  const minute = 60_000;
  const feedOf = (clock: ManualClock, historyMs = minute) =>
    createSimulatedFeed({ symbols: ['BTCUSDT', 'ETHUSDT'], seed: 1, historyMs, clock });

  it('says that it is simulated', () => {
    expect(feedOf(new ManualClock())).toMatchObject({ name: 'simulated', simulated: true });
  });

  it('gives the past at once and then each second when it is over', async () => {
    const clock = new ManualClock(start + 500);
    const reader = new FeedReader(feedOf(clock), clock);
    await reader.settle();
    const newest = () => Math.max(...reader.seen.map(({ observation }) => observation.time));
    const marks = () => reader.seen.filter(({ observation }) => observation.kind === 'mark_price').length;
    expect(newest()).toBe(start);
    expect(marks()).toBe(2 * 61);
    clock.advance(499);
    await reader.settle();
    expect(marks()).toBe(2 * 61);
    clock.advance(1);
    await reader.settle();
    expect(newest()).toBe(start + 1000);
    clock.advance(10_000);
    await reader.settle();
    expect(marks()).toBe(2 * 72);
    reader.abort();
    await reader.ended;
    expect(clock.pendingTimers).toBe(0);
  });

  it('gives observations of each symbol in the order of their time, in bounded chunks', async () => {
    const clock = new ManualClock(start);
    const reader = new FeedReader(feedOf(clock, 30 * minute), clock);
    await reader.settle();
    for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
      const times = reader.seen.filter((each) => each.symbol === symbol).map(({ observation }) => observation.time);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
    expect(Math.max(...reader.chunks)).toBeLessThan(1100);
    reader.abort();
    await reader.ended;
  });

  it('gives after a restart exactly what the log does not have, also of the time it was down', async () => {
    const clock = new ManualClock(start);
    const whole = new FeedReader(
      createSimulatedFeed({ symbols: ['BTCUSDT'], seed: 9, historyMs: 20_000, clock }),
      clock,
    );
    await whole.settle();
    whole.abort();
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: whole.seen.length }), async (cut) => {
        const before = whole.seen.slice(0, cut);
        const later = new ManualClock(start);
        const feed = createSimulatedFeed({ symbols: ['BTCUSDT'], seed: 9, historyMs: 20_000, clock: later });
        const reader = new FeedReader(feed, later, resumeAfter(before, 'BTCUSDT'));
        await reader.settle();
        reader.abort();
        expect([...before, ...reader.seen]).toEqual(whole.seen);
      }),
    );
  });
});
