/**
 * One seeded schedule: a venue and its market, everything that goes wrong with them, and our side of it, on one clock that is moved by
 * hand. At the end the faults stop and all that can still come has come.
 */
import type { ResumePoint } from '../../src/feed/feed.ts';
import { Random } from '../../src/feed/random.ts';
import { newVenue } from '../../src/feed/venues/new-venue.ts';
import type { LineCounts } from '../../src/feed/venues/symbol-line.ts';
import { VenueDesk, type VenueObserver } from '../../src/feed/venues/venue-desk.ts';
import type { CountedKind, Observation } from '../../src/market/event.ts';
import { type VenueName, venueNames } from '../../src/market/venues.ts';
import { ManualClock } from '../../tests/support/manual-clock.ts';
import { VenueMarket } from '../../tests/support/venue-market.ts';
import { venueProtocols } from '../../tests/support/venue-protocols.ts';
import { noFaults, VenueSimulator } from '../../tests/support/venue-simulator.ts';
import { venueWires } from '../../tests/support/venue-wires.ts';

export const symbols = ['BTCUSDT', 'ETHUSDT'];
const startTime = Date.parse('2026-03-01T00:00:00Z');
const faultyMs = 10_000;
/** Longer than the longest ban and the deadline of a backfill behind it. */
const healingMs = 12_000;
const stepMs = 20;
export const windowMs = 100;

export interface ScheduleResult {
  readonly venue: VenueName;
  /** What truly happened, by symbol. */
  readonly truth: ReadonlyMap<string, readonly Observation[]>;
  /** What came through, by symbol, in order, with its gaps. */
  readonly seen: ReadonlyMap<string, readonly Observation[]>;
  /** Exchange times from which and up to which all must be there. */
  readonly from: number;
  readonly to: number;
  readonly counts: LineCounts;
  readonly connections: number;
  readonly interruptions: number;
  readonly refusals: number;
  readonly restarts: number;
}

export async function runSchedule(seed: number, faults: 'all' | 'none' = 'all'): Promise<ScheduleResult> {
  const dice = new Random(`schedule ${seed}`);
  const share = (most: number) => (dice.uniform() < 0.5 ? 0 : dice.uniform() * most);
  const venueName = venueNames[Math.floor(dice.uniform() * venueNames.length)]!;
  const clock = new ManualClock(startTime);
  const market = new VenueMarket({ venue: venueName, symbols, seed: String(seed), startTime, tradesPerSecond: 20 });
  const protocol = venueProtocols[venueName];
  const simulator = new VenueSimulator({ protocol, market, clock, seed: String(seed), faults: noFaults() });
  const seen = new Map<string, Observation[]>(symbols.map((symbol) => [symbol, []]));
  const total: LineCounts = { duplicates: 0, late: 0, gapsFound: 0, gapsFilled: 0, overflowed: 0 };
  let interruptions = 0;
  let liveAt = Number.NaN;
  const observer: VenueObserver = {
    received: () => {},
    observed: () => {},
    frameFailed: () => {},
    interrupted: () => interruptions++,
    live: () => {
      if (Number.isNaN(liveAt)) liveAt = simulator.now;
    },
    requestFailed: () => {},
  };
  // The beat at which the venue is renewed may come before its cut or behind it.
  const renewAfterMs = 2000 + dice.uniform() * 6000;
  const open = () =>
    new VenueDesk(
      {
        venue: { ...newVenue(venueName), openInterest: null },
        socketUrl: 'ws://venue',
        restUrl: 'http://venue',
        symbols,
        ...venueWires(simulator, clock),
        clock,
        random: () => dice.uniform(),
        timing: { renewAfterMs, overlapMs: 300, backoff: { firstMs: 200, maxMs: 2000 } },
        line: { windowMs, maxHeld: 5000 },
        fillTimeoutMs: 4000,
        openInterestEveryMs: 10_000,
        observer,
      },
      resumePoints(seen),
    );
  let desk = open();
  const close = () => {
    desk.stop();
    for (const name of Object.keys(total)) total[name as keyof LineCounts] += desk.counts[name as keyof LineCounts];
  };
  simulator.start();
  desk.start();
  if (faults === 'all') {
    Object.assign(simulator.faults, { duplicated: share(0.4), reordered: share(0.4), garbled: share(0.02) });
    if (dice.uniform() < 0.5) simulator.faults.lifetimeMs = 3000 + dice.uniform() * 6000;
  }
  let restarts = 0;
  const incidents =
    faults === 'none'
      ? []
      : Array.from({ length: Math.floor(dice.uniform() * 5) }, () => 500 + dice.uniform() * faultyMs);
  for (let elapsed = 0; elapsed < faultyMs + healingMs; elapsed += stepMs) {
    if (elapsed >= faultyMs) Object.assign(simulator.faults, noFaults());
    for (const at of incidents) {
      if (elapsed !== Math.floor(at / stepMs) * stepMs) continue;
      const what = dice.uniform();
      if (what < 0.5) simulator.cut();
      else if (what < 0.65) simulator.refuse(429, dice.uniform() * 3000);
      else if (what < 0.8) {
        simulator.refuse(418, dice.uniform() * 3000);
        simulator.cut();
      } else {
        close();
        restarts++;
        desk = open();
        desk.start();
      }
    }
    clock.advance(stepMs);
    // Answers over HTTP are promises.
    await settled();
    desk.take(clock.now(), (symbol, observation) => seen.get(symbol)!.push(observation));
  }
  close();
  simulator.stop();
  return {
    venue: venueName,
    truth: new Map(
      [...Map.groupBy(simulator.facts, ({ symbol }) => symbol)].map(([symbol, facts]) => [
        symbol,
        facts.map(({ observation }) => observation),
      ]),
    ),
    seen,
    from: liveAt,
    to: clock.now() - 1000,
    counts: total,
    connections: simulator.connections,
    interruptions,
    refusals: simulator.refusals,
    restarts,
  };
}

/** Every promise that waits for nothing but others goes on. */
async function settled(): Promise<void> {
  for (let i = 0; i < 12; i++) await Promise.resolve();
}

/** What a log that has this would resume from. */
function resumePoints(seen: ReadonlyMap<string, readonly Observation[]>): ReadonlyMap<string, ResumePoint> {
  const points = new Map<string, ResumePoint>();
  for (const [symbol, observations] of seen) {
    if (observations.length === 0) continue;
    const lastIds: Partial<Record<CountedKind | 'gap_detected', number>> = {};
    let lastTime = 0;
    for (const { kind, id, time } of observations) {
      lastIds[kind] = id;
      lastTime = Math.max(lastTime, time);
    }
    points.set(symbol, { firstTime: observations[0]!.time, lastTime, lastIds });
  }
  return points;
}
