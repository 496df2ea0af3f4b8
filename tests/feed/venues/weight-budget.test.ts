import { describe, expect, it } from 'vitest';
import { binanceVenue } from '../../../src/feed/venues/binance-venue.ts';
import { pollOpenInterest } from '../../../src/feed/venues/open-interest-poller.ts';
import { WeightBudget } from '../../../src/feed/venues/weight-budget.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { VenueMarket } from '../../support/venue-market.ts';
import { binanceProtocol } from '../../support/venue-protocol-binance.ts';
import { noFaults, VenueSimulator } from '../../support/venue-simulator.ts';
import { venueWires } from '../../support/venue-wires.ts';

const limit = { limit: 100, windowMs: 60_000, usedHeader: 'used' };
const answer = (status: number, headers: Record<string, string> = {}) => ({
  status,
  headers: new Map(Object.entries(headers)),
});

describe('the budget of a venue', () => {
  it('leaves a share to what is urgent, and begins anew with each window', () => {
    const budget = new WeightBudget(limit);
    expect(budget.take(50, 'routine', 0)).toBe(0);
    expect(budget.take(1, 'routine', 10_000)).toBe(50_000);
    expect(budget.take(30, 'urgent', 10_000)).toBe(0);
    expect(budget.take(1, 'urgent', 10_000)).toBe(50_000);
    expect(budget.take(50, 'routine', 60_000)).toBe(0);
  });

  it('believes the venue when it says that more was used', () => {
    const budget = new WeightBudget(limit);
    expect(budget.answered(answer(200, { used: '79' }), 0)).toBe(true);
    expect(budget.take(1, 'routine', 1)).toBe(59_999);
    expect(budget.take(1, 'urgent', 1)).toBe(0);
  });

  it.each([429, 418, 403])('asks nothing for as long as a %d says, or a minute', (status) => {
    const budget = new WeightBudget(limit);
    expect(budget.answered(answer(status, { 'retry-after': '90' }), 0)).toBe(false);
    expect(budget.take(1, 'urgent', 1000)).toBe(89_000);
    expect(budget.take(1, 'urgent', 90_000)).toBe(0);
    const silent = new WeightBudget(limit);
    silent.answered(answer(status), 0);
    expect(silent.take(1, 'urgent', 1)).toBe(59_999);
  });
});

describe('polling open interest', () => {
  it('of 600 symbols stays within the allowance, asks the busiest first, and each in turn', async () => {
    const clock = new ManualClock(Date.parse('2026-03-01T00:00:00Z'));
    const symbols = Array.from({ length: 600 }, (_, i) => `COIN${i}USDT`);
    const market = new VenueMarket({
      venue: 'binance',
      symbols,
      seed: 'oi',
      startTime: clock.now(),
      tradesPerSecond: 0,
    });
    const faults = noFaults();
    const simulator = new VenueSimulator({ protocol: binanceProtocol, market, clock, seed: 'oi', faults });
    const abort = new AbortController();
    const seen: string[] = [];
    const polling = pollOpenInterest({
      venue: binanceVenue,
      source: binanceVenue.openInterest!,
      baseUrl: 'http://venue',
      symbols,
      get: venueWires(simulator, clock).get,
      budget: new WeightBudget(binanceVenue.weight),
      clock,
      signal: abort.signal,
      everyMs: 10_000,
      activityOf: (symbol) => Number(symbol.slice(4, -4)),
      observed: (symbol) => seen.push(symbol),
      failed: (_, error) => {
        throw error;
      },
    });
    for (let ms = 0; ms < 180_000; ms += 5) {
      clock.advance(5);
      for (let i = 0; i < 6; i++) await Promise.resolve();
    }
    abort.abort();
    clock.advance(1000);
    await polling;
    expect(simulator.refusals).toBe(0);
    expect(seen.slice(0, 3)).toEqual(['COIN599USDT', 'COIN598USDT', 'COIN597USDT']);
    // Half the venue's 2,400 a minute.
    expect(seen.length).toBeGreaterThan(3000);
    expect(seen.length).toBeLessThanOrEqual(3 * 1200);
    expect(new Set(seen).size).toBe(600);
  });
});
