/** Margin tiers from a simulated venue to whoever takes them of the desk, on a clock that is moved by hand. */
import { describe, expect, it } from 'vitest';
import { binanceVenue } from '../../../src/feed/venues/binance-venue.ts';
import { bybitMarginTiers } from '../../../src/feed/venues/bybit-margin-tiers.ts';
import { bybitVenue } from '../../../src/feed/venues/bybit-venue.ts';
import { type MarginTierPollerOptions, pollMarginTiers } from '../../../src/feed/venues/margin-tier-poller.ts';
import type { Venue } from '../../../src/feed/venues/venue.ts';
import { VenueDesk } from '../../../src/feed/venues/venue-desk.ts';
import { WeightBudget } from '../../../src/feed/venues/weight-budget.ts';
import type { Observation } from '../../../src/market/event.ts';
import { type MarginTier, marginTierSets, tiersOf } from '../../../src/market/margin-tiers.ts';
import type { VenueName } from '../../../src/market/venues.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { VenueMarket } from '../../support/venue-market.ts';
import { binanceProtocol } from '../../support/venue-protocol-binance.ts';
import { bybitProtocol } from '../../support/venue-protocol-bybit.ts';
import { noFaults, VenueSimulator } from '../../support/venue-simulator.ts';
import { venueWires } from '../../support/venue-wires.ts';

const startTime = Date.parse('2026-03-01T00:00:00Z');
const dayMs = 86_400_000;
const bitcoin = tiersOf(marginTierSets[0]!, 'BTCUSDT');
const ether = tiersOf(marginTierSets[0]!, 'ETHUSDT');
const broken = bitcoin.map((tier, i) => (i === 3 ? { ...tier, maintenanceAmount: 5 } : tier));

async function settled(): Promise<void> {
  for (let i = 0; i < 12; i++) await Promise.resolve();
}

function stage(venue: Venue, symbols: readonly string[]) {
  const clock = new ManualClock(startTime);
  const name = venue.name as VenueName;
  const market = new VenueMarket({ venue: name, symbols, seed: 'tiers', startTime, tradesPerSecond: 2 });
  const protocol = venue.name === 'binance' ? binanceProtocol : bybitProtocol;
  const simulator = new VenueSimulator({ protocol, market, clock, seed: 'tiers', faults: noFaults() });
  simulator.start();
  const failures: string[] = [];
  const desk = new VenueDesk(
    {
      venue,
      socketUrl: 'ws://venue',
      restUrl: 'http://venue',
      symbols,
      ...venueWires(simulator, clock),
      clock,
      random: () => 0.5,
      timing: { renewAfterMs: 3000, overlapMs: 500, backoff: { firstMs: 100, maxMs: 1000 } },
      line: { windowMs: 100, maxHeld: 5000 },
      fillTimeoutMs: 4000,
      openInterestEveryMs: 10_000,
      observer: {
        received: () => {},
        observed: () => {},
        frameFailed: (_, error) => failures.push(error.message),
        interrupted: () => {},
        live: () => {},
        requestFailed: (_, what) => failures.push(what),
      },
    },
    new Map(),
  );
  desk.start();
  const observations: Observation[] = [];
  return {
    desk,
    market,
    simulator,
    failures,
    observations,
    async pass(ms: number) {
      for (let left = ms; left > 0; left -= 20) {
        clock.advance(20);
        await settled();
        desk.take(clock.now(), (_, observation) => observations.push(observation));
      }
    },
    taken() {
      const tables: [string, readonly MarginTier[]][] = [];
      desk.takeMarginTiers((symbol, { tiers }) => tables.push([symbol, tiers]));
      return tables;
    },
    stop() {
      desk.stop();
      simulator.stop();
    },
  };
}

describe('margin tiers of Bybit', () => {
  it('are asked for at the start, page by page, and taken once', async () => {
    const { pass, taken, stop } = stage(bybitVenue(), ['BTCUSDT', 'ETHUSDT']);
    await pass(1000);
    const tables = new Map(taken());
    expect([...tables.keys()]).toEqual(['BTCUSDT', 'ETHUSDT']);
    for (const [symbol, expected] of [
      ['BTCUSDT', bitcoin],
      ['ETHUSDT', ether],
    ] as const) {
      expect(tables.get(symbol)).toEqual(expected);
    }
    expect(taken()).toEqual([]);
    stop();
  });

  it('that do not hold together are counted by name and not taken; other symbols have theirs', async () => {
    const { desk, market, failures, pass, taken, stop } = stage(bybitVenue(), ['BTCUSDT', 'ETHUSDT']);
    market.marginTiers.set('BTCUSDT', broken);
    await pass(1000);
    expect(taken().map(([symbol]) => symbol)).toEqual(['ETHUSDT']);
    expect(desk.quality.errors.get('bad_tiers')).toBe(1);
    expect(failures).toEqual([expect.stringMatching(/^margin tiers of BTCUSDT: bracket 4 has amount 5, and 11450/)]);
    stop();
  });
});

/** A poller alone, with a venue that answers with what the test says, over days. */
function polling(answer: (symbol: string) => readonly MarginTier[] | 'down', weightLimit = 1000) {
  const clock = new ManualClock(startTime);
  const abort = new AbortController();
  const log: string[] = [];
  const options: MarginTierPollerOptions = {
    source: bybitMarginTiers,
    baseUrl: 'http://venue',
    symbols: ['BTCUSDT', 'ETHUSDT'],
    get: async (text) => {
      const url = new URL(text);
      const tiers = answer(url.searchParams.get('symbol')!);
      if (tiers === 'down') throw new Error('the venue is down');
      const market = new VenueMarket({ venue: 'bybit', symbols: [], seed: '', startTime, tradesPerSecond: 0 });
      market.marginTiers.set(url.searchParams.get('symbol')!, tiers);
      const { status, headers, body } = bybitProtocol.http(url, market, clock.now());
      return { status, headers: new Map(Object.entries(headers)), body };
    },
    budget: new WeightBudget({ limit: weightLimit, windowMs: 1000, usedHeader: null }),
    clock,
    signal: abort.signal,
    observed: (symbol) => log.push(symbol),
    failed: (symbol, error) => log.push(`${symbol}: ${(error as Error).message.slice(0, 30)}`),
  };
  const done = pollMarginTiers(options);
  return {
    log,
    async pass(ms: number) {
      clock.advance(ms);
      for (let i = 0; i < 10; i++) await settled();
    },
    async stop() {
      abort.abort();
      await done;
      expect(clock.pendingTimers).toBe(0);
    },
  };
}

describe('polling margin tiers', () => {
  it('asks for each symbol at the start and once a day', async () => {
    const { log, pass, stop } = polling(() => bitcoin);
    await pass(0);
    await pass(dayMs - 1);
    expect(log).toEqual(['BTCUSDT', 'ETHUSDT']);
    await pass(1);
    expect(log).toEqual(['BTCUSDT', 'ETHUSDT', 'BTCUSDT', 'ETHUSDT']);
    await stop();
  });

  it('asks again ten minutes after a failure or a refused table, and only for that symbol', async () => {
    let state: readonly MarginTier[] | 'down' = 'down';
    const { log, pass, stop } = polling((symbol) => (symbol === 'BTCUSDT' ? state : ether));
    await pass(0);
    expect(log.splice(0)).toEqual(['BTCUSDT: the venue is down', 'ETHUSDT']);
    state = broken;
    await pass(600_000);
    expect(log.splice(0)).toEqual(['BTCUSDT: margin tiers of BTCUSDT: brack']);
    state = bitcoin;
    await pass(600_000);
    expect(log.splice(0)).toEqual(['BTCUSDT']);
    await pass(600_000);
    expect(log).toEqual([]);
    await stop();
  });

  it('stays within half the allowance', async () => {
    // Three pages a symbol, three requests a second.
    const { log, pass, stop } = polling(() => bitcoin, 6);
    await pass(0);
    await pass(999);
    expect(log).toEqual(['BTCUSDT']);
    await pass(1);
    expect(log).toEqual(['BTCUSDT', 'ETHUSDT']);
    await stop();
  });

  it('gives up a table whose pages never end', async () => {
    const endless = Array.from({ length: 101 }, (_, i) => ({ ...bitcoin[0]!, notionalCap: 1000 * (i + 1) }));
    const { log, pass, stop } = polling((symbol) => (symbol === 'BTCUSDT' ? endless : ether));
    await pass(0);
    expect(log[0]).toMatch(/^BTCUSDT: margin tiers of BTCUSDT: more/);
    await stop();
  });
});

describe('margin tiers of Binance', () => {
  it('are told when they change, each table once, over a renewed connection too', async () => {
    const { simulator, pass, taken, stop } = stage(binanceVenue, ['BTCUSDT']);
    await pass(1000);
    expect(taken()).toEqual([]);
    simulator.changeMarginTiers('BTCUSDT', ether);
    expect(taken()).toEqual([['BTCUSDT', ether]]);
    await pass(5000);
    expect(simulator.connections).toBeGreaterThan(1);
    simulator.changeMarginTiers('BTCUSDT', ether);
    simulator.changeMarginTiers('DOGEUSDT', bitcoin);
    expect(taken()).toEqual([]);
    await pass(20);
    simulator.changeMarginTiers('BTCUSDT', ether.slice(0, 5));
    await pass(20);
    simulator.changeMarginTiers('BTCUSDT', bitcoin);
    expect(taken()).toEqual([['BTCUSDT', bitcoin]]);
    stop();
  });

  it('that do not hold together are counted by name, and put nothing else in doubt', async () => {
    const { desk, simulator, failures, observations, pass, taken, stop } = stage(binanceVenue, ['BTCUSDT']);
    await pass(1000);
    simulator.changeMarginTiers('BTCUSDT', broken);
    await pass(2000);
    expect(taken()).toEqual([]);
    expect(desk.quality.errors.get('bad_tiers')).toBe(1);
    expect(failures.length).toBe(1);
    expect(observations.filter(({ kind }) => kind === 'gap_detected')).toEqual([]);
    expect(observations.length).toBeGreaterThan(5);
    stop();
  });

  it('come over one of several connections', () => {
    const streams = (isFirst: boolean) => binanceVenue.subscribe(['BTCUSDT'], isFirst).map(({ text }) => text);
    expect(streams(true).join()).toContain('"!contractInfo"');
    expect(streams(false).join()).not.toContain('contractInfo');
    const full = Array.from({ length: binanceVenue.symbolsPerConnection }, (_, i) => `COIN${i}USDT`);
    const all = binanceVenue.subscribe(full, true).flatMap(({ text }) => JSON.parse(text).params);
    expect(all.length).toBeLessThanOrEqual(200);
  });
});
