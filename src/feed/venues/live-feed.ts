/**
 * Public market data of venues as a feed: each fact with its venue. Nothing is given out before it can stand in its order among those of
 * its venue and symbol, and what the venue did not tell is given out as a gap.
 */
import type { Observation, SymbolObservation, Told } from '../../market/event.ts';
import type { VenueName } from '../../market/venues.ts';
import type { SideAgreementView } from '../../protocol/venue-health.ts';
import type { Feed, ResumePoint, VenuePoint } from '../feed.ts';
import { type FeedClock, waitUntil } from '../pace.ts';
import { healthOfDesk } from './health-of-desk.ts';
import { SideAgreement } from './side-agreement.ts';
import type { VenueDesk, VenueObserver } from './venue-desk.ts';
import { type HeardVenue, VenueListening } from './venue-listening.ts';

export interface LiveFeedOptions {
  readonly clock: FeedClock;
  /** Which venues are listened to for which symbols. */
  readonly symbolsOf: ReadonlyMap<VenueName, ReadonlySet<string>>;
  /** A venue that was not heard for longer is stale, in ms. */
  readonly staleAfterMs: number;
  /** Makes the desks; called when the feed is read, with what the log has by symbol of each venue. */
  readonly openDesks: (
    resume: (venue: VenueName) => ReadonlyMap<string, VenuePoint>,
    observed: VenueObserver['observed'],
  ) => readonly VenueDesk[];
}

/** Between two looks at what may go on. */
const takeEveryMs = 10;

export class LiveFeed implements Feed {
  readonly name = 'live';
  readonly simulated = false;
  readonly tellsGaps = true;
  readonly listening: VenueListening;
  readonly #options: LiveFeedOptions;
  readonly #agreement: SideAgreement;
  #desks: readonly VenueDesk[] = [];

  constructor(options: LiveFeedOptions) {
    const { symbolsOf } = options;
    this.#options = options;
    this.#agreement = new SideAgreement([...symbolsOf.keys()]);
    this.listening = new VenueListening({
      ...options,
      venues: () => this.heard(),
      agreements: () => this.agreements(),
    });
  }

  heard(): readonly HeardVenue[] {
    return this.#desks.map((desk) => ({
      name: desk.name,
      lastEventAt: desk.quality.lastEventAt,
      health: (isStale) => healthOfDesk(desk, isStale),
    }));
  }

  agreements(): readonly SideAgreementView[] {
    return this.#agreement.agreements().map(({ venues, minutes, share, isAlarming }) => ({
      venues: [...venues],
      minutes,
      share,
      alarming: isAlarming,
    }));
  }

  async *observations(
    resume: ReadonlyMap<string, ResumePoint>,
    signal: AbortSignal,
  ): AsyncGenerator<readonly SymbolObservation<Told>[]> {
    const { clock, openDesks } = this.#options;
    this.#desks = openDesks(
      (venue) => resumeOf(venue, resume),
      (venue, observation) => this.#agreement.add(venue, observation),
    );
    for (const desk of this.#desks) desk.start();
    try {
      while (!signal.aborted) {
        const now = clock.now();
        const chunk: SymbolObservation<Told>[] = [];
        const oldest = this.#desks.map((desk) => take(desk, now, chunk));
        if (chunk.length > 0) yield chunk;
        // The next chunk is asked for when this one was committed.
        for (const [i, time] of oldest.entries()) {
          if (time !== Number.POSITIVE_INFINITY) this.#desks[i]!.quality.committed(time, clock.now());
        }
        await waitUntil(clock, now + takeEveryMs, signal);
      }
    } finally {
      for (const desk of this.#desks) desk.stop();
    }
  }
}

/** @returns exchange time of the oldest fact that was taken, in ms; infinite without one. */
function take(desk: VenueDesk, now: number, chunk: SymbolObservation<Told>[]): number {
  let oldest = Number.POSITIVE_INFINITY;
  desk.takeMarginTiers((symbol, observation) => {
    chunk.push({ symbol, observation: { ...observation, venue: desk.name } });
  });
  desk.take(now, (symbol, observation: Observation & { venue?: VenueName | undefined }) => {
    // It is the desk's last word on it: nobody else holds it any more.
    observation.venue = desk.name;
    chunk.push({ symbol, observation });
    if (observation.kind !== 'gap_detected') oldest = Math.min(oldest, observation.time);
  });
  return oldest;
}

function resumeOf(venue: VenueName, resume: ReadonlyMap<string, ResumePoint>): ReadonlyMap<string, VenuePoint> {
  const known = [...resume].map(([symbol, { venues }]) => [symbol, venues?.get(venue)] as const);
  return new Map(known.filter((entry): entry is [string, VenuePoint] => entry[1] !== undefined));
}
