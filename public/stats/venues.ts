/** How well each venue of a live source is heard, and where two of them disagree; nothing without such a source. */
import { row, shown } from './table.ts';

/** What `/health` says of it, as far as it is shown. */
export interface VenuesView {
  readonly venues?: Readonly<Record<string, VenueView>>;
  readonly side_agreement?: readonly SideAgreement[];
}

interface VenueView {
  readonly connections: number;
  readonly connections_wanted: number;
  readonly stale: boolean;
  readonly last_event: string | null;
  readonly gaps_found: number;
  readonly trades_filled: number;
  readonly lag_ms: number | null;
  readonly slowest_lag_ms: number | null;
  readonly decoded_share: number | null;
  readonly open_interest_age_ms: number | null;
  readonly liquidations: 'complete' | 'sampled';
}

interface SideAgreement {
  readonly venues: readonly string[];
  readonly minutes: number;
  readonly share: number | null;
  readonly alarming: boolean;
}

const measured = (value: number | null, digits = 0) => shown(value ?? Number.NaN, digits);

export function venueRows({ venues = {}, side_agreement: agreements = [] }: VenuesView): HTMLElement[] {
  return Object.entries(venues).map(([name, venue]) => {
    const seconds = venue.open_interest_age_ms === null ? null : venue.open_interest_age_ms / 1000;
    const line = row([
      name,
      `${venue.connections} of ${venue.connections_wanted}`,
      `${venue.last_event?.slice(11, 19) ?? 'never'}${venue.stale ? ', stale' : ''}`,
      shown(venue.gaps_found),
      shown(venue.trades_filled),
      `${measured(venue.lag_ms)} / ${measured(venue.slowest_lag_ms)}`,
      venue.decoded_share === null ? '–' : `${shown(Math.floor(venue.decoded_share * 10_000) / 100, 2)} %`,
      measured(seconds, 1),
      venue.liquidations === 'complete' ? 'all' : 'a sample',
      agreements
        .filter((agreement) => agreement.venues.includes(name))
        .map((agreement) => agreed(agreement, name))
        .join(', ') || '–',
    ]);
    line.dataset.venue = name;
    return line;
  });
}

function agreed({ venues, minutes, share, alarming }: SideAgreement, name: string): string {
  const other = venues.find((venue) => venue !== name);
  if (share === null) return `${other}: not known yet`;
  return `${other}: ${shown(share * 100)} % of ${shown(minutes)} min${alarming ? ', alarming' : ''}`;
}
