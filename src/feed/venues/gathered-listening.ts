/** How well venues are heard by several feeds at once, as one server of several has them: a feed for each symbol that it writes. */
import type { VenueName } from '../../market/venues.ts';
import { addedCounts } from '../../protocol/added-counts.ts';
import type { SideAgreementView, VenueHealth } from '../../protocol/venue-health.ts';
import type { Feed, ResumePoint } from '../feed.ts';
import type { LiveFeed } from './live-feed.ts';
import { type HeardVenue, VenueListening, type VenueListeningOptions } from './venue-listening.ts';

export class GatheredListening implements NonNullable<Feed['listening']> {
  /** Those that are read, by the symbols that they are of. */
  readonly #feeds = new Map<string, LiveFeed>();
  readonly #together: VenueListening;

  constructor(options: Pick<VenueListeningOptions, 'clock' | 'staleAfterMs'>) {
    this.#together = new VenueListening({
      ...options,
      symbolsOf: new Map(),
      venues: () => this.#venues(),
      agreements: () => addedAgreements(this.#all().flatMap((feed) => feed.agreements())),
    });
  }

  /** The same feed; while it is read it counts here, and what is asked of its listening is answered for all. */
  feed(live: LiveFeed, symbols: readonly string[]): Feed {
    const feeds = this.#feeds;
    return {
      name: live.name,
      simulated: live.simulated,
      tellsGaps: live.tellsGaps,
      listening: this,
      async *observations(resume: ReadonlyMap<string, ResumePoint>, signal: AbortSignal) {
        for (const symbol of symbols) feeds.set(symbol, live);
        try {
          yield* live.observations(resume, signal);
        } finally {
          // Another may have taken its place by now.
          for (const symbol of symbols) if (feeds.get(symbol) === live) feeds.delete(symbol);
        }
      },
    };
  }

  isStale(symbol: string, venue: VenueName | null): boolean {
    return this.#feeds.get(symbol)?.listening.isStale(symbol, venue) === true;
  }

  venues(): Readonly<Record<string, VenueHealth>> {
    return this.#together.venues();
  }

  sideAgreement(): readonly SideAgreementView[] {
    return this.#together.sideAgreement();
  }

  problems(): readonly string[] {
    return this.#together.problems();
  }

  #all(): LiveFeed[] {
    return [...new Set(this.#feeds.values())];
  }

  /** A venue was heard as long ago as by the feed that waits for it longest. */
  #venues(): HeardVenue[] {
    const byName = Map.groupBy(
      this.#all().flatMap((feed) => feed.heard()),
      ({ name }) => name,
    );
    return Array.from(byName, ([name, heard]) => ({
      name,
      lastEventAt: Math.min(...heard.map(({ lastEventAt }) => lastEventAt)),
      health: (isStale) => heard.map((one) => one.health(isStale)).reduce(addedHealth),
    }));
  }
}

/** Counts are added; of what is no count the worse one is shown. */
export function addedHealth(a: VenueHealth, b: VenueHealth): VenueHealth {
  return {
    connected: a.connected && b.connected,
    connections: a.connections + b.connections,
    connections_wanted: a.connections_wanted + b.connections_wanted,
    stale: a.stale || b.stale,
    last_event: newest(a.last_event, b.last_event),
    interruptions: a.interruptions + b.interruptions,
    gaps_found: a.gaps_found + b.gaps_found,
    trades_filled: a.trades_filled + b.trades_filled,
    duplicates: a.duplicates + b.duplicates,
    late: a.late + b.late,
    overflowed: a.overflowed + b.overflowed,
    waiting: a.waiting + b.waiting,
    lag_ms: largest(a.lag_ms, b.lag_ms),
    slowest_lag_ms: largest(a.slowest_lag_ms, b.slowest_lag_ms),
    clock_skew_ms: a.clock_skew_ms ?? b.clock_skew_ms,
    open_interest_age_ms: largest(a.open_interest_age_ms, b.open_interest_age_ms),
    decoded_share: smallest(a.decoded_share, b.decoded_share),
    errors: addedCounts(a.errors, b.errors),
    requests_failed: a.requests_failed + b.requests_failed,
    liquidations: a.liquidations,
  };
}

/** By pair of venues; the shares weigh as many minutes as they are of. */
export function addedAgreements(all: readonly SideAgreementView[]): SideAgreementView[] {
  const byPair = Map.groupBy(all, ({ venues }) => venues.join(' '));
  return Array.from(byPair.values(), (views) => {
    const minutes = views.reduce((sum, view) => sum + view.minutes, 0);
    const agreeing = views.reduce((sum, view) => sum + (view.share ?? 0) * view.minutes, 0);
    return {
      venues: views[0]!.venues,
      minutes,
      share: minutes === 0 ? null : agreeing / minutes,
      alarming: views.some(({ alarming }) => alarming),
    };
  });
}

function largest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

function smallest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

/** Of moments as ISO 8601 in UTC. */
function newest(a: string | null, b: string | null): string | null {
  return a === null || b === null ? (a ?? b) : a > b ? a : b;
}
