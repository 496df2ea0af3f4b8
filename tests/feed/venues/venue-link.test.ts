/** A link's life against a simulated venue, on a clock that is moved by hand. */
import { describe, expect, it } from 'vitest';
import { binanceVenue } from '../../../src/feed/venues/binance-venue.ts';
import { bybitVenue } from '../../../src/feed/venues/bybit-venue.ts';
import { okxVenue } from '../../../src/feed/venues/okx-venue.ts';
import { reconnectDelayMs } from '../../../src/feed/venues/reconnect-delay.ts';
import type { Venue } from '../../../src/feed/venues/venue.ts';
import { VenueLink } from '../../../src/feed/venues/venue-link.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { VenueMarket } from '../../support/venue-market.ts';
import { venueProtocols } from '../../support/venue-protocols.ts';
import { noFaults, type VenueFaults, VenueSimulator } from '../../support/venue-simulator.ts';
import { venueWires } from '../../support/venue-wires.ts';

const contracts = new Map([['BTCUSDT', 0.001]]);
/** A day of the venue, shortened. */
const dayMs = 120_000;
const startTime = Date.parse('2026-03-01T00:00:00Z');

function stage(venue: Venue, faults: Partial<VenueFaults> = {}, symbols = ['BTCUSDT'], path = venue.path) {
  const clock = new ManualClock(startTime);
  const market = new VenueMarket({ venue: venue.name, symbols, seed: 'link', startTime, tradesPerSecond: 1 });
  const protocol = venueProtocols[venue.name];
  const simulator = new VenueSimulator({ protocol, market, clock, seed: 'link', faults: { ...noFaults(), ...faults } });
  simulator.start();
  const seen: string[] = [];
  const link = new VenueLink({
    venue,
    url: `ws://venue${path}`,
    symbols,
    isFirst: true,
    openSocket: venueWires(simulator, clock).openSocket,
    clock,
    random: () => 0.5,
    timing: { renewAfterMs: 0.9 * dayMs, overlapMs: 5000, backoff: { firstMs: 1000, maxMs: 30_000 } },
    events: {
      frame: ({ outcome }) => {
        if (outcome === 'bad') seen.push('bad');
      },
      interrupted: (reason) => seen.push(reason),
      live: () => seen.push('live'),
    },
  });
  link.start(0);
  return { clock, simulator, link, seen };
}

describe('a link', () => {
  it.each([binanceVenue, bybitVenue(), okxVenue(contracts)])(
    'to $name lives past the cut for its age without an interruption',
    (venue) => {
      const { clock, simulator, link, seen } = stage(venue, { lifetimeMs: dayMs });
      clock.advance(10_000);
      expect(seen).toEqual(['live']);
      clock.advance(1.2 * dayMs);
      expect(seen).toEqual(['live']);
      expect(simulator.connections).toBe(2);
      expect(simulator.openConnections).toBe(1);
      link.stop();
      simulator.stop();
      expect(clock.pendingTimers).toBe(0);
    },
    60_000,
  );

  it('to an address that grants everything and delivers nothing is found silent', () => {
    const { clock, seen } = stage(binanceVenue, {}, ['BTCUSDT'], '/stream');
    clock.advance(binanceVenue.silenceMs + 100);
    expect(seen[0]).toBe('live');
    expect(seen[1]).toMatch(/silent: no market data for 15000 ms/);
  });

  it('that is cut comes back after a random part of a bound that doubles', () => {
    const { clock, simulator, seen } = stage(bybitVenue());
    clock.advance(1000);
    simulator.refuse(418, 10_000);
    simulator.cut();
    expect(seen[1]).toMatch(/closed: 1006/);
    clock.advance(10_000);
    // At 0.5, 1, 2, 4 and 8 s, each with half the bound of the next.
    expect(seen).toHaveLength(2);
    clock.advance(10_000);
    expect(seen).toEqual(['live', seen[1], 'live']);
  });

  it.each([binanceVenue, bybitVenue(), okxVenue()])(
    'asks $name for as many symbols as a connection takes in messages that the venue bears, at its pace',
    (venue) => {
      const symbols = Array.from({ length: venue.symbolsPerConnection }, (_, i) => `COIN${i}USDT`);
      const { clock, seen, simulator } = stage(venue, { isSilent: true }, symbols);
      clock.advance(5000);
      expect(seen).toEqual(['live']);
      expect(simulator.openConnections).toBe(1);
    },
  );

  it('that OKX refuses a stream of, without naming which, is not live', () => {
    const { clock, seen, simulator } = stage(okxVenue(contracts), {}, ['BTCUSDT', 'USDT']);
    clock.advance(5000);
    expect(seen).toEqual([]);
    expect(simulator.connections).toBeGreaterThan(1);
  });

  it('with a successor that delivers survives the end of the old connection', () => {
    const { clock, simulator, seen } = stage(bybitVenue(), { lifetimeMs: 0.9 * dayMs + 2000 });
    clock.advance(dayMs);
    expect(seen).toEqual(['live']);
    expect(simulator.connections).toBeGreaterThanOrEqual(2);
  });
});

describe('the delay before the next try', () => {
  it('is anything up to a bound that doubles until the largest', () => {
    const backoff = { firstMs: 100, maxMs: 1000 };
    const bounds = [0, 1, 2, 3, 4, 5, 1000].map((failures) => reconnectDelayMs(failures, backoff, () => 1));
    expect(bounds).toEqual([100, 200, 400, 800, 1000, 1000, 1000]);
    expect(reconnectDelayMs(3, backoff, () => 0)).toBe(0);
  });
});
