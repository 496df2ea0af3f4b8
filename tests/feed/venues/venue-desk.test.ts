import { describe, expect, it } from 'vitest';
import { newVenue } from '../../../src/feed/venues/new-venue.ts';
import { VenueDesk } from '../../../src/feed/venues/venue-desk.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { VenueMarket } from '../../support/venue-market.ts';
import { okxProtocol } from '../../support/venue-protocol-okx.ts';
import { noFaults, VenueSimulator } from '../../support/venue-simulator.ts';
import { venueWires } from '../../support/venue-wires.ts';

const startTime = Date.parse('2026-03-01T00:00:00Z');

function staged(symbols: readonly string[]) {
  const clock = new ManualClock(startTime);
  const market = new VenueMarket({ venue: 'okx', symbols: ['BTCUSDT'], seed: 'desk', startTime, tradesPerSecond: 20 });
  const simulator = new VenueSimulator({ protocol: okxProtocol, market, clock, seed: 'desk', faults: noFaults() });
  const failed: string[] = [];
  const nothing = () => {};
  const desk = new VenueDesk(
    {
      venue: newVenue('okx'),
      socketUrl: 'ws://venue',
      restUrl: 'http://venue',
      symbols,
      ...venueWires(simulator, clock),
      clock,
      random: () => 0.5,
      timing: { renewAfterMs: 60_000, overlapMs: 300, backoff: { firstMs: 200, maxMs: 2000 } },
      line: { windowMs: 100, maxHeld: 5000 },
      fillTimeoutMs: 4000,
      openInterestEveryMs: 10_000,
      observer: {
        received: nothing,
        observed: nothing,
        frameFailed: nothing,
        interrupted: nothing,
        live: nothing,
        requestFailed: (_venue, what, error) => failed.push(`${what}: ${error}`),
      },
    },
    new Map(),
  );
  const pass = async (ms: number) => {
    for (let elapsed = 0; elapsed < ms; elapsed += 20) {
      clock.advance(20);
      for (let i = 0; i < 12; i++) await Promise.resolve();
    }
  };
  simulator.start();
  desk.start();
  return { desk, simulator, failed, pass };
}

describe('the desk of a venue that counts in contracts', () => {
  it('asks for their sizes before it connects, and again until it is answered', async () => {
    const { desk, simulator, failed, pass } = staged(['BTCUSDT']);
    simulator.refuse(429, 1500);
    await pass(1000);
    expect(simulator.connections).toBe(0);
    expect(desk.links).toEqual({ live: 0, all: 1, connects: 0 });
    expect(failed[0]).toMatch(/429/);
    await pass(4000);
    expect(desk.links).toEqual({ live: 1, all: 1, connects: 1 });
    desk.stop();
  });

  it('names a symbol without a contract, and listens to the others', async () => {
    const { desk, failed, pass } = staged(['BTCUSDT', 'NOSUCHUSDT']);
    await pass(2000);
    expect(failed).toEqual(['contract of NOSUCHUSDT: FrameError: okx lists no contract for NOSUCHUSDT; leave it out']);
    const given = new Set<string>();
    desk.take(startTime + 10_000, (symbol) => given.add(symbol));
    expect([...given]).toEqual(['BTCUSDT']);
    desk.stop();
  });

  it('that is stopped before the answer never connects', async () => {
    const { desk, simulator, pass } = staged(['BTCUSDT']);
    desk.stop();
    await pass(3000);
    expect(simulator.connections).toBe(0);
  });
});
