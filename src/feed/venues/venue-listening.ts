/** How well venues are heard, for whoever shows it: kept apart from the hearing, which may happen on another thread. */
import type { VenueName } from '../../market/venues.ts';
import type { SideAgreementView, VenueHealth } from '../../protocol/venue-health.ts';
import type { Feed } from '../feed.ts';
import type { FeedClock } from '../pace.ts';

export interface HeardVenue {
  readonly name: VenueName;
  /** When its newest fact came, in ms by our clock; 0: none yet. */
  readonly lastEventAt: number;
  health(isStale: boolean): VenueHealth;
}

export interface VenueListeningOptions {
  readonly clock: Pick<FeedClock, 'now'>;
  /** A venue that was not heard for longer is stale, in ms. */
  readonly staleAfterMs: number;
  readonly symbolsOf: ReadonlyMap<VenueName, ReadonlySet<string>>;
  /** As far as is known now. */
  readonly venues: () => readonly HeardVenue[];
  readonly agreements: () => readonly SideAgreementView[];
}

export class VenueListening implements NonNullable<Feed['listening']> {
  readonly #options: VenueListeningOptions;

  constructor(options: VenueListeningOptions) {
    this.#options = options;
  }

  isStale(symbol: string, venue: VenueName | null): boolean {
    const { venues, symbolsOf } = this.#options;
    return venues().some(
      (heard) =>
        (venue ?? heard.name) === heard.name && symbolsOf.get(heard.name)?.has(symbol) === true && this.#isStale(heard),
    );
  }

  venues(): Readonly<Record<string, VenueHealth>> {
    return Object.fromEntries(this.#options.venues().map((heard) => [heard.name, heard.health(this.#isStale(heard))]));
  }

  sideAgreement(): readonly SideAgreementView[] {
    return this.#options.agreements();
  }

  problems(): readonly string[] {
    return [...this.#staleness(), ...this.#disagreements()];
  }

  /** Not heard for too long, or never. */
  #isStale({ lastEventAt }: HeardVenue): boolean {
    const { clock, staleAfterMs } = this.#options;
    return clock.now() - lastEventAt > staleAfterMs;
  }

  #staleness(): string[] {
    const stale = this.#options.venues().filter((heard) => this.#isStale(heard));
    return stale.map(({ name, lastEventAt }) => {
      const since = lastEventAt === 0 ? 'the start' : new Date(lastEventAt).toISOString();
      return `${name} was not heard since ${since}: its pictures are stale`;
    });
  }

  #disagreements(): string[] {
    const alarming = this.#options.agreements().filter((agreement) => agreement.alarming);
    return alarming.map(
      ({ venues: [a, b], minutes, share }) =>
        `${a} and ${b} agree on the side of takers in ${Math.round(share! * 100)} % of ${minutes} minutes: one of them is read with its sides inverted`,
    );
  }
}
