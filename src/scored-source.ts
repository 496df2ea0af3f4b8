/** Which liquidations a source tells of, and so whether and how its symbols can be scored. */
import type { LiveScoreOptions } from './actors/live-score.ts';
import type { Feed } from './feed/feed.ts';
import { toldLiquidations } from './feed/venues/told-liquidations.ts';

/** null: it tells of none. */
export function completenessIn({
  simulated,
  listening,
}: Pick<Feed, 'simulated' | 'listening'>): LiveScoreOptions['completenessOf'] | null {
  if (simulated) return () => 'simulated';
  return listening === undefined ? null : (venue) => toldLiquidations(venue ?? undefined);
}
