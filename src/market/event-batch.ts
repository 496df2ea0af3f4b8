/**
 * Events of one stream as typed-array columns: the unit of append, storage, fold and transfer.
 *
 * Every event has a kind, a side, a time, an id and up to six numbers whose meaning depends on the kind (the table below). The lowest
 * bit of the side is the side; the bits above are the venue's code.
 * A number that was not measured is NaN in its column; nothing else is ever NaN.
 *
 * | kind            | a        | b        | c    | d     | e      | f                | side              |
 * |-----------------|----------|----------|------|-------|--------|------------------|-------------------|
 * | trade           | price    | quantity |      |       |        |                  | 1 = taker bought  |
 * | candle          | open     | high     | low  | close | volume | taker-buy volume |                   |
 * | mark_price      | price    |          |      |       |        |                  |                   |
 * | open_interest   | contracts|          |      |       |        |                  |                   |
 * | liquidation     | price    | quantity |      |       |        |                  | 1 = long position |
 * | gap_detected    | from     | to       | kind code of what is missing, or 0 | |  |       |                   |
 * | model_set       | tiers    | ladder   | churn| half-life ms |   |               |                   |
 * | margin_tier     | cap      | rate     | amount | max leverage | index | count  |                   |
 */
import type { CountedKind, EventKind, MarketEvent } from './event.ts';
import { type VenueName, venueCodes, venueOfCode } from './venues.ts';

/** Most events a batch may hold. */
export const maxBatchEvents = 512;

/** Codes are stored; never renumber, only add. */
export const kindCodes = {
  trade: 1,
  candle: 2,
  mark_price: 3,
  open_interest: 4,
  liquidation: 5,
  gap_detected: 6,
  model_set: 7,
  margin_tier: 8,
} as const satisfies Record<EventKind, number>;

export const countedKinds = [
  'trade',
  'candle',
  'mark_price',
  'open_interest',
  'liquidation',
] as const satisfies readonly CountedKind[];

export interface EventBatch {
  readonly count: number;
  readonly kind: Uint8Array;
  readonly side: Uint8Array;
  readonly time: Float64Array;
  readonly id: Float64Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly c: Float64Array;
  readonly d: Float64Array;
  readonly e: Float64Array;
  readonly f: Float64Array;
}

/** The numeric columns in their stored order. */
export const valueColumns = ['time', 'id', 'a', 'b', 'c', 'd', 'e', 'f'] as const;

/** An empty batch with room for `capacity` events; columns are zero. */
export function allocateBatch(capacity: number): EventBatch {
  const column = () => new Float64Array(capacity);
  return {
    count: capacity,
    kind: new Uint8Array(capacity),
    side: new Uint8Array(capacity),
    time: column(),
    id: column(),
    a: column(),
    b: column(),
    c: column(),
    d: column(),
    e: column(),
    f: column(),
  };
}

/** @throws {RangeError} if there are no events or more than `maxBatchEvents`. */
export function batchFromEvents(events: readonly MarketEvent[]): EventBatch {
  if (events.length === 0 || events.length > maxBatchEvents) {
    throw new RangeError(`a batch holds 1 to ${maxBatchEvents} events, not ${events.length}`);
  }
  const batch = allocateBatch(events.length);
  for (let i = 0; i < events.length; i++) writeEvent(batch, i, events[i]!);
  return batch;
}

/** The events of a batch as objects, for people and tests; the fold reads the columns. */
export function eventsOfBatch(batch: EventBatch): MarketEvent[] {
  const events: MarketEvent[] = [];
  for (let i = 0; i < batch.count; i++) events.push(eventAt(batch, i));
  return events;
}

/** Rows `from` (inclusive) to `to` (exclusive) as views on the same memory. */
export function sliceBatch(batch: EventBatch, from: number, to: number): EventBatch {
  return {
    count: to - from,
    kind: batch.kind.subarray(from, to),
    side: batch.side.subarray(from, to),
    time: batch.time.subarray(from, to),
    id: batch.id.subarray(from, to),
    a: batch.a.subarray(from, to),
    b: batch.b.subarray(from, to),
    c: batch.c.subarray(from, to),
    d: batch.d.subarray(from, to),
    e: batch.e.subarray(from, to),
    f: batch.f.subarray(from, to),
  };
}

function writeEvent(batch: EventBatch, i: number, event: MarketEvent): void {
  batch.kind[i] = kindCodes[event.kind];
  batch.time[i] = event.time;
  batch.id[i] = event.id;
  const venue = event.venue === undefined ? 0 : venueCodes[event.venue] << 1;
  batch.side[i] = venue;
  switch (event.kind) {
    case 'trade':
      batch.side[i] = event.taker === 'buy' ? venue | 1 : venue;
      batch.a[i] = event.price;
      batch.b[i] = event.quantity;
      return;
    case 'candle':
      batch.a[i] = event.open;
      batch.b[i] = event.high;
      batch.c[i] = event.low;
      batch.d[i] = event.close;
      batch.e[i] = event.volume;
      batch.f[i] = event.takerBuyVolume ?? Number.NaN;
      return;
    case 'mark_price':
      batch.a[i] = event.price;
      return;
    case 'open_interest':
      batch.a[i] = event.contracts;
      return;
    case 'liquidation':
      batch.side[i] = event.side === 'long' ? venue | 1 : venue;
      batch.a[i] = event.price;
      batch.b[i] = event.quantity;
      return;
    case 'gap_detected':
      batch.a[i] = event.from;
      batch.b[i] = event.to;
      batch.c[i] = event.of === undefined ? 0 : kindCodes[event.of];
      return;
    case 'model_set':
      batch.a[i] = event.tiers;
      batch.b[i] = event.ladder;
      batch.c[i] = event.churn;
      batch.d[i] = event.halfLifeMs;
      return;
    case 'margin_tier':
      batch.a[i] = event.notionalCap;
      batch.b[i] = event.maintenanceRate;
      batch.c[i] = event.maintenanceAmount;
      batch.d[i] = event.maxLeverage;
      batch.e[i] = event.index;
      batch.f[i] = event.count;
      return;
    default:
      event satisfies never;
  }
}

/** Of a row. */
export function venueCodeAt(batch: EventBatch, i: number): number {
  return batch.side[i]! >> 1;
}

/** One row as an object. */
export function eventAt(batch: EventBatch, i: number): MarketEvent {
  const venue = venueOfCode(venueCodeAt(batch, i));
  const fact: MarketEvent & { venue?: VenueName | undefined } = readFact(batch, i);
  // Put into the new object: to copy it for this would cost more than to read it.
  if (venue !== undefined) fact.venue = venue;
  return fact;
}

function readFact(batch: EventBatch, i: number): MarketEvent {
  const time = batch.time[i]!;
  const id = batch.id[i]!;
  const a = batch.a[i]!;
  const b = batch.b[i]!;
  const isFirstSide = (batch.side[i]! & 1) === 1;
  switch (batch.kind[i]) {
    case kindCodes.trade:
      return { kind: 'trade', time, id, price: a, quantity: b, taker: isFirstSide ? 'buy' : 'sell' };
    case kindCodes.candle: {
      const takerBuyVolume = batch.f[i]!;
      return {
        kind: 'candle',
        time,
        id,
        open: a,
        high: b,
        low: batch.c[i]!,
        close: batch.d[i]!,
        volume: batch.e[i]!,
        takerBuyVolume: Number.isNaN(takerBuyVolume) ? null : takerBuyVolume,
      };
    }
    case kindCodes.mark_price:
      return { kind: 'mark_price', time, id, price: a };
    case kindCodes.open_interest:
      return { kind: 'open_interest', time, id, contracts: a };
    case kindCodes.liquidation:
      return { kind: 'liquidation', time, id, price: a, quantity: b, side: isFirstSide ? 'long' : 'short' };
    case kindCodes.gap_detected:
      return { kind: 'gap_detected', time, id, from: a, to: b, ...gapOf(batch.c[i]!) };
    case kindCodes.model_set:
      return { kind: 'model_set', time, id, tiers: a, ladder: b, churn: batch.c[i]!, halfLifeMs: batch.d[i]! };
    case kindCodes.margin_tier:
      return {
        kind: 'margin_tier',
        time,
        id,
        index: batch.e[i]!,
        count: batch.f[i]!,
        notionalCap: a,
        maintenanceRate: b,
        maintenanceAmount: batch.c[i]!,
        maxLeverage: batch.d[i]!,
      };
    default:
      throw new RangeError(`unknown event kind code ${batch.kind[i]}`);
  }
}

function gapOf(code: number): { of?: CountedKind } {
  const of = countedKinds.find((kind) => kindCodes[kind] === code);
  return of === undefined ? {} : { of };
}

/** Events of any number as batches, in order. */
export function batchesOf(events: readonly MarketEvent[]): EventBatch[] {
  const batches: EventBatch[] = [];
  for (let from = 0; from < events.length; from += maxBatchEvents) {
    batches.push(batchFromEvents(events.slice(from, from + maxBatchEvents)));
  }
  return batches;
}
