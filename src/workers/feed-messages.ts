/** What a feed's thread and the main thread say to each other. */
import type { ResumePoint } from '../feed/feed.ts';
import type { VenueName } from '../market/venues.ts';
import type { SideAgreementView, VenueHealth } from '../protocol/venue-health.ts';
import type { ToldColumns } from './told-columns.ts';

/** `settings` are the program's own. */
export interface FeedThreadData<S> {
  readonly settings: S;
  readonly resume: ReadonlyMap<string, ResumePoint>;
}

/** `taken`: the chunk is committed and the next may come. */
export type ToFeedThread = 'taken' | 'stop';

export interface ListeningState {
  readonly venues: readonly { readonly name: VenueName; readonly lastEventAt: number; readonly health: VenueHealth }[];
  readonly agreements: readonly SideAgreementView[];
}

export type LineLevel = 'info' | 'warn';

export type FromFeedThread =
  | { readonly type: 'chunk'; readonly chunk: ToldColumns }
  | { readonly type: 'state'; readonly state: ListeningState }
  /** For the log of the program. */
  | { readonly type: 'line'; readonly level: LineLevel; readonly fields: object };
