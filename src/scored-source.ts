/** Which liquidations a source tells of, and so whether and how its symbols can be scored. */
import type { LiveScoreOptions } from './actors/live-score.ts';
import type { Feed } from './feed/feed.ts';
import { binanceVenue } from './feed/venues/binance-venue.ts';
import { bybitVenue } from './feed/venues/bybit-venue.ts';

/** null: it tells of none. */
export function completenessIn({
  simulated,
  listening,
}: Pick<Feed, 'simulated' | 'listening'>): LiveScoreOptions['completenessOf'] | null {
  if (simulated) return () => 'simulated';
  if (listening === undefined) return null;
  const venues = [binanceVenue, bybitVenue()];
  // Of one that says nothing no total is believed.
  return (venue) => venues.find(({ name }) => name === venue)?.liquidations ?? 'sampled';
}
