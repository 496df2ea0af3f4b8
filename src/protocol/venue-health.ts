/** How well each venue is heard, as `/health` shows it and `/metrics` counts it. */
import { z } from 'zod';

const count = z.int().nonnegative();

export const venueHealthSchema = z.object({
  connected: z.boolean().describe('every connection delivers'),
  connections: count.describe('that deliver now'),
  connections_wanted: count,
  stale: z.boolean().describe('was not heard for longer than VENUE_STALE_AFTER; its pictures say so'),
  last_event: z.iso.datetime().nullable().describe('when its newest fact came, by the clock of this server'),
  interruptions: count,
  gaps_found: count.describe('told in the log as gap_detected'),
  trades_filled: count.describe('that were missing and came when asked for'),
  duplicates: count,
  late: count.describe('came when later ones were in the log already'),
  overflowed: count.describe('not taken because too much waited'),
  waiting: count.describe('facts held for their order or for missing trades'),
  lag_ms: z.number().nullable().describe('exchange time of a fact to its commit, corrected by the clock skew'),
  slowest_lag_ms: z.number().nullable().describe('of this minute and the one before'),
  clock_skew_ms: z.number().nullable().describe("the exchange's clock minus ours; null before it was measured"),
  open_interest_age_ms: z
    .number()
    .nullable()
    .describe('since the open interest of the symbol was told that was told of it longest ago; null before the first'),
  decoded_share: z.number().min(0).max(1).nullable().describe('of the frames'),
  errors: z.record(z.string(), count).describe('frames or entries that could not be read, by reason'),
  requests_failed: count,
  liquidations: z.enum(['complete', 'sampled']).describe('whether the venue tells all of them'),
});

export const sideAgreementSchema = z.object({
  venues: z.tuple([z.string(), z.string()]),
  minutes: count.describe('in which takers of both leaned clearly to one side, of the newest 60'),
  share: z.number().min(0).max(1).nullable().describe('of them in which it was the same side'),
  alarming: z.boolean().describe('so few agree that one of the venues must be read with its sides inverted'),
});

export type VenueHealth = z.infer<typeof venueHealthSchema>;
export type SideAgreementView = z.infer<typeof sideAgreementSchema>;
