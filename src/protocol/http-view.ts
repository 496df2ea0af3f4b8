/** What `/health` and `/ws/stats` answer. */
import { z } from 'zod';
import { sideAgreementSchema, venueHealthSchema } from './venue-health.ts';

const venueBookSchema = z.object({
  events: z.int().nonnegative().describe('of this venue, of those that seq counts'),
  current_price: z.number().positive().nullable(),
  open_interest: z.number().nonnegative().nullable().describe('contracts, one-sided'),
  observed_share: z.number().min(0).max(1).nullable(),
});

export const symbolHealthSchema = z.object({
  epoch: z.string(),
  seq: z.int().nonnegative().describe("events folded into the symbol's book"),
  market_time: z.iso.datetime().nullable(),
  current_price: z.number().positive().nullable(),
  observed_share: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe('share of the open contracts that were seen being opened'),
  level_step: z.number().positive().nullable().describe('USD from one level to the next'),
  venues: z
    .record(z.string(), venueBookSchema)
    .optional()
    .describe('the book of each venue; the numbers beside it are of all together, with the price of the first'),
  role: z
    .enum(['writer', 'gateway'])
    .optional()
    .describe('with Redis: whether this server writes the symbol, or shows what another one writes'),
  lag_ms: z.number().optional().describe('of a gateway: from the making of the last picture to its arrival here'),
});

export const healthSchema = z.object({
  status: z.enum(['starting', 'ok', 'degraded', 'stopping']),
  service: z.literal('heatline'),
  version: z.string(),
  source: z.string(),
  simulated: z.boolean().describe('true: no number of this source was measured on a market'),
  uptime_seconds: z.number().nonnegative(),
  problems: z.array(z.string()).describe('why the status is degraded'),
  symbols: z.record(z.string(), symbolHealthSchema),
  redis: z
    .object({
      node: z.string().describe('name of this server among those that share the log'),
      durability: z.string().describe('what Redis is set to keep when it is killed'),
    })
    .optional(),
  assumptions: z.record(z.string(), z.array(z.string())).describe('what each book rests on beside what was measured'),
  venues: z.record(z.string(), venueHealthSchema).optional().describe('how well each venue is heard, with SOURCE=live'),
  side_agreement: z
    .array(sideAgreementSchema)
    .optional()
    .describe('whether venues agree minute by minute on who is buying'),
});

export const statsSchema = z.object({
  active_connections: z.int().nonnegative().describe('sockets, not subscriptions'),
  messages_sent_1m: z.int().nonnegative().describe('in the last 60 seconds'),
  slow_consumers: z.int().nonnegative().describe('clients that are too slow now'),
  subscriptions_by_symbol: z.record(z.string(), z.int().nonnegative()),
  subscriptions_by_channel: z
    .record(z.string(), z.int().nonnegative())
    .describe('of all symbols: to pictures (heatmap), and to each kind of news'),
  messages_sent_total: z.int().nonnegative(),
  messages_dropped_total: z
    .int()
    .nonnegative()
    .describe('pictures replaced by newer ones before they were sent, and news lost to clients that read too slowly'),
  max_connections: z.int().positive(),
  encodes_total: z
    .int()
    .nonnegative()
    .describe('frames made, at most one a symbol, tick and form, however many clients there are'),
  nodes: z.int().positive().optional().describe('with scope=cluster: how many servers were added up'),
});

/** Whose counts are asked for. */
export const statsScopes = ['node', 'cluster'] as const;
export type StatsScope = (typeof statsScopes)[number];

export type HealthView = z.infer<typeof healthSchema>;
export type VenueBookHealth = z.infer<typeof venueBookSchema>;
export type SymbolHealth = z.infer<typeof symbolHealthSchema>;
export type StatsView = z.infer<typeof statsSchema>;
