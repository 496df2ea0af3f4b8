/** A desk's counts as the protocol shows them. */
import type { VenueHealth } from '../../protocol/venue-health.ts';
import type { VenueDesk } from './venue-desk.ts';

export function healthOfDesk(desk: VenueDesk, isStale: boolean): VenueHealth {
  const { quality, links, counts } = desk;
  return {
    connected: links.live === links.all,
    connections: links.live,
    connections_wanted: links.all,
    stale: isStale,
    last_event: quality.lastEventAt === 0 ? null : new Date(quality.lastEventAt).toISOString(),
    interruptions: quality.interruptions,
    gaps_found: counts.gapsFound,
    trades_filled: counts.gapsFilled,
    duplicates: counts.duplicates,
    late: counts.late,
    overflowed: counts.overflowed,
    waiting: counts.held,
    lag_ms: measured(quality.lagMs),
    slowest_lag_ms: measured(quality.slowestLagMs),
    clock_skew_ms: measured(quality.skewMs),
    open_interest_age_ms: measured(desk.openInterestAgeMs),
    decoded_share: quality.decodedShare,
    errors: Object.fromEntries(quality.errors),
    requests_failed: quality.requestsFailed,
    liquidations: desk.liquidations,
  };
}

function measured(ms: number): number | null {
  return Number.isNaN(ms) ? null : Math.round(ms);
}
