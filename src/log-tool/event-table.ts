/**
 * Events as rows of a table with a column for each thing that an event can say, for files that people and their tools read. What an event
 * does not say is empty. Nothing is lost: the rows give the same events back.
 */
import { z } from 'zod';
import type { MarketEvent } from '../market/event.ts';
import { countedKinds } from '../market/event-batch.ts';
import { venueNames } from '../market/venues.ts';

/** Columns in their order; how each is stored. */
export const eventColumns = {
  stream: 'STRING',
  epoch: 'STRING',
  /** Number of the event in its stream, from 1: the `seq` of a picture that has it last. */
  seq: 'DOUBLE',
  kind: 'STRING',
  time_ms: 'DOUBLE',
  id: 'DOUBLE',
  /** buy or sell of a trade's taker; long or short of a liquidated position. */
  side: 'STRING',
  price: 'DOUBLE',
  quantity: 'DOUBLE',
  open: 'DOUBLE',
  high: 'DOUBLE',
  low: 'DOUBLE',
  close: 'DOUBLE',
  volume: 'DOUBLE',
  taker_buy_volume: 'DOUBLE',
  contracts: 'DOUBLE',
  gap_from: 'DOUBLE',
  gap_to: 'DOUBLE',
  /** Kind of what is missing; empty where the stream has only one that counts. */
  gap_of: 'STRING',
  tiers: 'DOUBLE',
  ladder: 'DOUBLE',
  churn: 'DOUBLE',
  half_life_ms: 'DOUBLE',
  tier_index: 'DOUBLE',
  tier_count: 'DOUBLE',
  /** USD. */
  tier_cap: 'DOUBLE',
  tier_rate: 'DOUBLE',
  tier_amount: 'DOUBLE',
  tier_max_leverage: 'DOUBLE',
  /** Empty where the source names none. */
  venue: 'STRING',
} as const;

export type EventColumn = keyof typeof eventColumns;
export const eventColumnNames = Object.keys(eventColumns) as EventColumn[];

export type EventRow = { readonly [C in EventColumn]?: string | number | null };

export interface PlacedEvent {
  readonly stream: string;
  readonly epoch: string;
  readonly seq: number;
  readonly event: MarketEvent;
}

export function rowOf({ stream, epoch, seq, event }: PlacedEvent): EventRow {
  const { kind, time, id } = event;
  const { venue = null } = event;
  return { stream, epoch, seq, kind, time_ms: time, id, ...fieldsOf(event), ...(venue !== null && { venue }) };
}

function fieldsOf(event: MarketEvent): EventRow {
  switch (event.kind) {
    case 'trade':
      return { side: event.taker, price: event.price, quantity: event.quantity };
    case 'candle': {
      const { open, high, low, close, volume, takerBuyVolume } = event;
      return { open, high, low, close, volume, taker_buy_volume: takerBuyVolume };
    }
    case 'mark_price':
      return { price: event.price };
    case 'open_interest':
      return { contracts: event.contracts };
    case 'liquidation':
      return { side: event.side, price: event.price, quantity: event.quantity };
    case 'gap_detected':
      return { gap_from: event.from, gap_to: event.to, gap_of: event.of ?? null };
    case 'model_set': {
      const { tiers, ladder, churn, halfLifeMs } = event;
      return { tiers, ladder, churn, half_life_ms: halfLifeMs };
    }
    case 'margin_tier':
      return {
        tier_index: event.index,
        tier_count: event.count,
        tier_cap: event.notionalCap,
        tier_rate: event.maintenanceRate,
        tier_amount: event.maintenanceAmount,
        tier_max_leverage: event.maxLeverage,
      };
    default:
      return event satisfies never;
  }
}

const number = z.number({ error: 'is missing or no number' });
const place = {
  stream: z.string({ error: 'is missing' }).min(1, { error: 'is missing' }),
  epoch: z.string({ error: 'is missing' }).min(1, { error: 'is missing' }),
  seq: z
    .int({ error: 'must be a whole number of at least 1' })
    .min(1, { error: 'must be a whole number of at least 1' }),
  time_ms: number,
  id: number,
  venue: z.enum(venueNames, { error: `must be one of ${venueNames.join(', ')}, or empty` }).nullish(),
};

const rowSchema = z.discriminatedUnion(
  'kind',
  [
    z.object({ ...place, kind: z.literal('trade'), side: z.enum(['buy', 'sell']), price: number, quantity: number }),
    z.object({
      ...place,
      kind: z.literal('candle'),
      open: number,
      high: number,
      low: number,
      close: number,
      volume: number,
      taker_buy_volume: number.nullish(),
    }),
    z.object({ ...place, kind: z.literal('mark_price'), price: number }),
    z.object({ ...place, kind: z.literal('open_interest'), contracts: number }),
    z.object({
      ...place,
      kind: z.literal('liquidation'),
      side: z.enum(['long', 'short']),
      price: number,
      quantity: number,
    }),
    z.object({
      ...place,
      kind: z.literal('gap_detected'),
      gap_from: number,
      gap_to: number,
      gap_of: z.enum(countedKinds).nullish(),
    }),
    z.object({
      ...place,
      kind: z.literal('model_set'),
      tiers: number,
      ladder: number,
      churn: number,
      half_life_ms: number,
    }),
    z.object({
      ...place,
      kind: z.literal('margin_tier'),
      tier_index: number,
      tier_count: number,
      tier_cap: number,
      tier_rate: number,
      tier_amount: number,
      tier_max_leverage: number,
    }),
  ],
  { error: 'is no kind of event' },
);

export class BadRow extends Error {
  override readonly name = 'BadRow';
}

/** @throws {BadRow} that names the column. */
export function eventOf(row: EventRow): PlacedEvent {
  const parsed = rowSchema.safeParse(row);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const name = String(path[0]);
    throw new BadRow(`column ${name} ${message} ('${row[name as EventColumn] ?? ''}')`);
  }
  const { stream, epoch, seq, venue = null } = parsed.data;
  const event = marketEvent(parsed.data);
  return { stream, epoch, seq, event: venue === null ? event : { ...event, venue } };
}

function marketEvent(fields: z.infer<typeof rowSchema>): MarketEvent {
  const { time_ms: time, id } = fields;
  switch (fields.kind) {
    case 'trade':
      return { kind: fields.kind, time, id, price: fields.price, quantity: fields.quantity, taker: fields.side };
    case 'candle': {
      const { open, high, low, close, volume, taker_buy_volume } = fields;
      return { kind: fields.kind, time, id, open, high, low, close, volume, takerBuyVolume: taker_buy_volume ?? null };
    }
    case 'mark_price':
      return { kind: fields.kind, time, id, price: fields.price };
    case 'open_interest':
      return { kind: fields.kind, time, id, contracts: fields.contracts };
    case 'liquidation':
      return { kind: fields.kind, time, id, price: fields.price, quantity: fields.quantity, side: fields.side };
    case 'gap_detected': {
      const of = fields.gap_of ?? null;
      return { kind: fields.kind, time, id, from: fields.gap_from, to: fields.gap_to, ...(of === null ? {} : { of }) };
    }
    case 'model_set': {
      const { tiers, ladder, churn, half_life_ms: halfLifeMs } = fields;
      return { kind: fields.kind, time, id, tiers, ladder, churn, halfLifeMs };
    }
    case 'margin_tier':
      return {
        kind: fields.kind,
        time,
        id,
        index: fields.tier_index,
        count: fields.tier_count,
        notionalCap: fields.tier_cap,
        maintenanceRate: fields.tier_rate,
        maintenanceAmount: fields.tier_amount,
        maxLeverage: fields.tier_max_leverage,
      };
    default:
      return fields satisfies never;
  }
}
