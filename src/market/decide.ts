/**
 * What an observation becomes: nothing (seen before), one event, an event after a `gap_detected`, or a refusal with its reason.
 *
 * Ids of one kind rise within a stream, so an id that is not above the last one was here already. Trades are numbered one by one
 * and candles follow one another, so for these a step too wide is a gap in the source, unless the source tells its gaps itself.
 */

import type { EventKind, MarketEvent, Observation } from './event.ts';
import { kindCodes } from './event-batch.ts';
import { maxCells } from './price-grid.ts';
import { maxContracts, maxPrice, maxTimeMs, minPrice } from './value-bounds.ts';

export type Decision =
  | { readonly outcome: 'accepted'; readonly events: readonly MarketEvent[] }
  | { readonly outcome: 'duplicate' }
  | { readonly outcome: 'refused'; readonly reason: string };

/** What `decide` must know of the stream. */
export interface IngestState {
  /** Highest id by kind code; NaN where there was none. */
  readonly lastIds: Float64Array;
  /** Width of a price cell in USD; NaN before the first price. */
  readonly tick: number;
  /** The source tells what it missed, and its ids only rise. */
  readonly areGapsTold?: boolean;
}

const duplicate: Decision = { outcome: 'duplicate' };

/** Price cells above the entry that the farthest short needs, as a multiple of the entry price. */
const gridHeadroom = 2.2;

export function decide(state: IngestState, observation: Observation): Decision {
  const reason = refusal(state, observation);
  if (reason !== null) return { outcome: 'refused', reason: `${observation.kind} ${observation.id}: ${reason}` };
  const lastId = lastIdOf(state, observation.kind);
  if (observation.id <= lastId) return duplicate;
  const expected = state.areGapsTold ? null : nextId(observation, lastId);
  if (expected === null || observation.id <= expected) return { outcome: 'accepted', events: [observation] };
  const gap: MarketEvent = {
    ...(observation.venue !== undefined && { venue: observation.venue }),
    kind: 'gap_detected',
    time: observation.time,
    id: observation.id,
    from: expected,
    to: observation.id,
  };
  return { outcome: 'accepted', events: [gap, observation] };
}

export function lastIdOf(state: IngestState, kind: EventKind): number {
  return state.lastIds[kindCodes[kind]]!;
}

/** The id that would follow without a gap; `null` for kinds whose ids only rise, and for the first of a stream. */
function nextId(observation: Observation, lastId: number): number | null {
  if (Number.isNaN(lastId)) return null;
  if (observation.kind === 'trade') return lastId + 1;
  if (observation.kind === 'candle') return lastId + (observation.time - observation.id);
  return null;
}

function refusal(state: IngestState, observation: Observation): string | null {
  const { time, id } = observation;
  if (!(time >= 0 && time <= maxTimeMs)) return `time ${time} is not a moment in ms`;
  if (!(id >= 0 && id <= Number.MAX_SAFE_INTEGER)) return `id ${id} is not a number from 0 to 2^53`;
  switch (observation.kind) {
    case 'trade':
    case 'liquidation':
      return badPrice(state, 'price', observation.price) ?? badContracts('quantity', observation.quantity);
    case 'candle':
      return badCandle(state, observation);
    case 'mark_price':
      return badPrice(state, 'price', observation.price);
    case 'open_interest':
      return badContracts('contracts', observation.contracts);
    case 'gap_detected':
      return observation.from < observation.to ? null : `from ${observation.from} is not before to ${observation.to}`;
    default:
      observation satisfies never;
      return 'unknown kind';
  }
}

function badCandle(state: IngestState, candle: Extract<Observation, { kind: 'candle' }>): string | null {
  const { open, high, low, close, volume, takerBuyVolume } = candle;
  if (!(candle.time > candle.id)) return `close time ${candle.time} is not after open time ${candle.id}`;
  const bad =
    badPrice(state, 'open', open) ??
    badPrice(state, 'high', high) ??
    badPrice(state, 'low', low) ??
    badPrice(state, 'close', close) ??
    badContracts('volume', volume);
  if (bad !== null) return bad;
  if (high < low || open > high || open < low || close > high || close < low) {
    return `open ${open} and close ${close} must lie within low ${low} and high ${high}`;
  }
  if (takerBuyVolume !== null && !(takerBuyVolume >= 0 && takerBuyVolume <= volume)) {
    return `taker-buy volume ${takerBuyVolume} is not within 0 and the volume ${volume}`;
  }
  return null;
}

function badPrice(state: IngestState, name: string, price: number): string | null {
  if (!(price >= minPrice && price <= maxPrice)) return `${name} ${price} is not within ${minPrice} and ${maxPrice}`;
  const highest = (state.tick * maxCells) / gridHeadroom;
  if (price > highest) return `${name} ${price} is beyond this epoch's price grid (${highest}); start a new stream`;
  return null;
}

function badContracts(name: string, contracts: number): string | null {
  return contracts >= 0 && contracts <= maxContracts
    ? null
    : `${name} ${contracts} is not within 0 and ${maxContracts}`;
}
