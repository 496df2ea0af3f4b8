import { describe, expect, it } from 'vitest';
import { binanceVenue } from '../../../src/feed/venues/binance-venue.ts';
import { listSymbols } from '../../../src/feed/venues/list-symbols.ts';
import type { SymbolList } from '../../../src/feed/venues/venue.ts';
import type { VenueGet } from '../../../src/feed/venues/venue-socket.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { VenueMarket } from '../../support/venue-market.ts';
import { binanceProtocol } from '../../support/venue-protocol-binance.ts';
import { noFaults, VenueSimulator } from '../../support/venue-simulator.ts';
import { venueWires } from '../../support/venue-wires.ts';

const startTime = Date.parse('2026-03-01T00:00:00Z');

function asking(getOf: (get: VenueGet) => VenueGet = (get) => get) {
  const clock = new ManualClock(startTime);
  const symbols = ['BTCUSDT', 'ETHUSDT'];
  const market = new VenueMarket({ venue: 'binance', symbols, seed: 'list', startTime, tradesPerSecond: 0 });
  const faults = noFaults();
  const simulator = new VenueSimulator({ protocol: binanceProtocol, market, clock, seed: 'list', faults });
  const failures: string[] = [];
  let outcome: SymbolList | Error | null = null;
  void listSymbols({
    venue: binanceVenue,
    baseUrl: 'http://binance.test',
    get: getOf(venueWires(simulator, clock).get),
    clock,
    random: () => 1,
    backoff: { firstMs: 500, maxMs: 10_000 },
    timeoutMs: 90_000,
    failed: (error) => failures.push((error as Error).message),
  }).then(
    (list) => {
      outcome = list;
    },
    (error) => {
      outcome = error;
    },
  );
  return {
    clock,
    simulator,
    failures,
    outcome: () => outcome,
    async pass(ms: number) {
      for (let left = ms; left > 0; left -= 10) {
        clock.advance(10);
        for (let i = 0; i < 12; i++) await Promise.resolve();
      }
    },
  };
}

describe('asking a venue for its symbols', () => {
  it('ends with its first whole answer', async () => {
    const { outcome, simulator, clock, pass } = asking();
    await pass(1000);
    expect(outcome()).toMatchObject({ listed: [{ symbol: 'BTCUSDT' }, { symbol: 'ETHUSDT' }], leftOut: [] });
    expect(simulator.requests).toBe(2);
    expect(clock.pendingTimers).toBe(0);
  });

  it('goes on after failures, with pauses that double, and waits where the venue says so', async () => {
    let isDown = true;
    const { outcome, failures, simulator, pass } = asking((get) => async (url, signal) => {
      if (isDown) throw new Error('connection refused');
      return get(url, signal);
    });
    await pass(3600);
    // After 0, 0.5, 1.5 and 3.5 s.
    expect(failures).toEqual(new Array(4).fill('connection refused'));
    isDown = false;
    simulator.refuse(429, 20_000);
    await pass(20_000);
    expect(failures.length).toBe(5);
    expect(failures.at(-1)).toMatch(/^429/);
    expect(outcome()).toBeNull();
    await pass(60_000);
    expect(simulator.refusals).toBe(1);
    expect(outcome()).toMatchObject({ leftOut: [] });
  });

  it.each<[string, VenueGet, RegExp]>([
    [
      'refuses connections',
      async () => {
        throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
      },
      /connect ECONNREFUSED/,
    ],
    ['is an error', async () => ({ status: 503, headers: new Map(), body: 'busy' }), /503: busy/],
    ['lists nothing', async () => ({ status: 200, headers: new Map(), body: '{}' }), /ticker is {}, not a list/],
    [
      'never answers',
      (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
      /no answer/,
    ],
  ])('that %s ends after the time with its name, its address, the reason and what to do', async (_, get, reason) => {
    const { outcome, clock, pass } = asking(() => get);
    await pass(89_000);
    expect(outcome()).toBeNull();
    await pass(1000);
    expect(outcome()).toMatchObject({ name: 'VenueListError', message: expect.stringMatching(reason) });
    expect((outcome() as unknown as Error).message).toMatch(
      /^binance \(http:\/\/binance.test\) did not tell its symbols within 90 s: .*leave binance out of VENUES$/,
    );
    expect(clock.pendingTimers).toBe(0);
  });
});
