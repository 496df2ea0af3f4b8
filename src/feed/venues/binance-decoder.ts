/**
 * Frames of Binance USD-M futures as observations.
 *
 * Used: `aggTrade`, `markPriceUpdate` (alone or as a list of all symbols), `forceOrder`, `contractInfo`. A maker who bought means a taker who sold.
 * A forced order's side is the order's, so SELL closed a long; its price is the average fill and its quantity what was filled. Ids:
 * the aggregate trade id, which rises one by one; the event time of a mark; time · 1000 of a forced order, which has no id.
 */
import type { PositionSide, SymbolObservation } from '../../market/event.ts';
import { binanceMarginTiers } from './binance-margin-tiers.ts';
import type { DecodedFrame, FrameDecoder } from './decoded-frame.ts';
import { FrameError } from './frame-error.ts';
import { decimalOf, type Fields, fieldsOf, parseFrame, priceOf, shown, textOf, wholeOf } from './frame-fields.ts';
import { liquidationId } from './liquidation-id.ts';

/** It remembers nothing: every frame is whole. */
export function binanceDecoder(): FrameDecoder {
  return (text) => {
    try {
      const frame = parseFrame(text);
      if (Array.isArray(frame)) return decodeList(frame);
      const fields = frame as Fields;
      // Combined streams wrap what raw streams send bare.
      const payload = 'stream' in fields ? fields.data : fields;
      if (Array.isArray(payload)) return decodeList(payload);
      return decodeOne(fieldsOf(payload, 'data'));
    } catch (error) {
      if (error instanceof FrameError) return { outcome: 'bad', error };
      throw error;
    }
  };
}

function decodeOne(payload: Fields): DecodedFrame {
  if (!('e' in payload)) return answer(payload);
  if (payload.e === 'contractInfo') return binanceMarginTiers(payload);
  const observation = observationOf(payload);
  return observation === null
    ? { outcome: 'unused', topic: textOf(payload, 'e') }
    : { outcome: 'market', observations: [observation], errors: [] };
}

/** `!markPrice@arr`: all symbols at once. */
function decodeList(entries: readonly unknown[]): DecodedFrame {
  const observations: SymbolObservation[] = [];
  const errors: FrameError[] = [];
  for (const entry of entries) {
    try {
      const observation = observationOf(fieldsOf(entry, 'entry'));
      if (observation !== null) observations.push(observation);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      errors.push(error);
    }
  }
  return { outcome: 'market', observations, errors };
}

function observationOf(payload: Fields): SymbolObservation | null {
  switch (payload.e) {
    case 'aggTrade':
      return aggregateTrade(payload);
    case 'markPriceUpdate': {
      const time = wholeOf(payload, 'E');
      const observation = { kind: 'mark_price', time, id: time, price: priceOf(payload, 'p') } as const;
      return { symbol: textOf(payload, 's'), observation };
    }
    case 'forceOrder':
      return forcedOrder(fieldsOf(payload.o, 'o'));
    default:
      return null;
  }
}

function aggregateTrade(payload: Fields): SymbolObservation {
  const { m: isBuyerMaker } = payload;
  if (typeof isBuyerMaker !== 'boolean')
    throw new FrameError('bad_side', `m is ${shown(isBuyerMaker)}, not true or false`);
  return {
    symbol: textOf(payload, 's'),
    observation: {
      kind: 'trade',
      time: wholeOf(payload, 'T'),
      id: wholeOf(payload, 'a'),
      price: priceOf(payload, 'p'),
      quantity: decimalOf(payload, 'q'),
      taker: isBuyerMaker ? 'sell' : 'buy',
    },
  };
}

const closedBy: Readonly<Record<string, PositionSide>> = { SELL: 'long', BUY: 'short' };

function forcedOrder(order: Fields): SymbolObservation {
  const time = wholeOf(order, 'T');
  const given = textOf(order, 'S');
  const side = Object.hasOwn(closedBy, given) ? closedBy[given]! : undefined;
  if (side === undefined) throw new FrameError('bad_side', `S is '${given}', not SELL or BUY`);
  return {
    symbol: textOf(order, 's'),
    observation: {
      kind: 'liquidation',
      time,
      id: liquidationId(time, 0),
      price: priceOf(order, 'ap'),
      quantity: decimalOf(order, 'z'),
      side,
    },
  };
}

/** `{"result":null,"id":1}`, or an error with its code. */
function answer(payload: Fields): DecodedFrame {
  if (!('id' in payload)) throw new FrameError('bad_text', 'the frame has neither e nor id');
  const error = payload.error ?? (typeof payload.code === 'number' ? payload : null);
  const message = error === null ? '' : JSON.stringify(error);
  return { outcome: 'answer', id: String(payload.id), ok: error === null, message };
}
