/** How well each venue of a live source is heard, for Prometheus; without such a source there are no samples. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { VenueHealth } from '../protocol/venue-health.ts';

type Venues = () => Readonly<Record<string, VenueHealth>>;

const states: readonly [name: string, help: string, read: (health: VenueHealth) => number | null][] = [
  ['connections', 'Connections that deliver', (health) => health.connections],
  ['stale', '1 while the venue is not heard', (health) => (health.stale ? 1 : 0)],
  ['waiting', 'Facts held for their order or for missing trades', (health) => health.waiting],
  ['lag_seconds', 'From the exchange’s time of a fact to its commit', (health) => inSeconds(health.lag_ms)],
  ['clock_skew_seconds', 'The exchange’s clock minus ours', (health) => inSeconds(health.clock_skew_ms)],
  [
    'open_interest_age_seconds',
    'Since the open interest that is the oldest of all symbols was told',
    (health) => inSeconds(health.open_interest_age_ms),
  ],
  ['decoded_share', 'Share of the frames that could be read', (health) => health.decoded_share],
];

const totals: readonly [name: string, help: string, read: (health: VenueHealth) => number][] = [
  ['gaps', 'Gaps told', (health) => health.gaps_found],
  ['trades_filled', 'Lost trades that were got back', (health) => health.trades_filled],
  ['interruptions', 'Times that a connection ended and none delivered', (health) => health.interruptions],
  ['overflowed', 'Facts that found too many waiting', (health) => health.overflowed],
];

export function registerVenueMetrics(registry: Registry, venues: Venues): void {
  const registers = [registry];
  for (const [name, help, read] of states) {
    new Gauge({
      name: `heatline_venue_${name}`,
      help,
      labelNames: ['venue'],
      registers,
      collect() {
        this.reset();
        for (const [venue, health] of Object.entries(venues())) this.set({ venue }, read(health) ?? Number.NaN);
      },
    });
  }
  for (const [name, help, read] of totals) {
    new Counter({
      name: `heatline_venue_${name}_total`,
      help,
      labelNames: ['venue'],
      registers,
      collect() {
        this.reset();
        for (const [venue, health] of Object.entries(venues())) this.inc({ venue }, read(health));
      },
    });
  }
  new Counter({
    name: 'heatline_venue_frame_errors_total',
    help: 'Frames and entries that could not be read',
    labelNames: ['venue', 'reason'],
    registers,
    collect() {
      this.reset();
      for (const [venue, { errors }] of Object.entries(venues())) {
        for (const [reason, count] of Object.entries(errors)) this.inc({ venue, reason }, count);
      }
    },
  });
}

function inSeconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
