/**
 * The port of a market data source: an async iterable of observations that ends when its signal aborts.
 *
 * Observations come in chunks (whatever the source learned at one moment), in time order within a symbol. A chunk is handed
 * over only when the one before it was taken, so a slow log slows the source down and nothing piles up.
 */
import type { SymbolObservation, Told } from '../market/event.ts';
import type { VenueName } from '../market/venues.ts';
import type { SideAgreementView, VenueHealth } from '../protocol/venue-health.ts';

/** Where the log left off for one symbol; absent for a symbol whose stream is new. */
export interface ResumePoint {
  /** Of each venue that the stream has heard of; the numbers beside it are those of a source that names none. */
  readonly venues?: ReadonlyMap<VenueName, VenuePoint>;
  /** Exchange time of the stream's first event in ms. */
  readonly firstTime: number;
  /** Exchange time of the stream's last event in ms. */
  readonly lastTime: number;
  /** Per event kind, the highest id in the stream. */
  readonly lastIds: Readonly<Partial<Record<string, number>>>;
}

export type VenuePoint = Omit<ResumePoint, 'venues'>;

export interface Feed {
  /** First part of the stream names, and what `/health` shows as the source. */
  readonly name: string;
  /** True when no number of this feed was measured on a market. */
  readonly simulated: boolean;
  /** True when the source tells what it missed, and its ids only rise; else a leap of ids is a gap. */
  readonly tellsGaps?: boolean;
  /** How well its venues are heard, and what is wrong; absent for a feed that listens to none. */
  readonly listening?: {
    /** Whether what a symbol's pictures of a venue rest on was not heard for too long; `null`: of any. */
    isStale(symbol: string, venue: VenueName | null): boolean;
    venues(): Readonly<Record<string, VenueHealth>>;
    sideAgreement(): readonly SideAgreementView[];
    /** For people, one a line. */
    problems(): readonly string[];
  };
  /** @throws {FeedError} when the source cannot go on; what was yielded before stays valid. */
  observations(
    resume: ReadonlyMap<string, ResumePoint>,
    signal: AbortSignal,
  ): AsyncIterable<readonly SymbolObservation<Told>[]>;
}

export class FeedError extends Error {
  override readonly name = 'FeedError';
}
