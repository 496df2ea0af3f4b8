/**
 * Frames of Bybit v5 linear perpetuals as observations.
 *
 * Used: `publicTrade` (S is the taker's side), `tickers` (mark price and open interest, each only where the frame carries it: a
 * delta has what changed), `allLiquidation` (S is the side of the position: Buy was a long; its price is the bankruptcy price).
 * `openInterest` counts both sides, `singleOpenInterest` one. Ids: a trade's is its cross sequence · 1000 plus its place among the
 * fills of that sequence; a mark's and an open interest's the frame's time.
 */
import type { Observation, PositionSide, SymbolObservation, TakerSide } from '../../market/event.ts';
import { BybitTradeIds } from './bybit-trade-ids.ts';
import type { DecodedFrame, FrameDecoder } from './decoded-frame.ts';
import { FrameError } from './frame-error.ts';
import { decimalOf, type Fields, fieldsOf, listOf, parseFrame, priceOf, textOf, wholeOf } from './frame-fields.ts';
import { liquidationId, liquidationsPerMs } from './liquidation-id.ts';

/** @param tradeIds shared by all connections of a venue, so that a fill has the same id on each. */
export function bybitDecoder(tradeIds: BybitTradeIds = new BybitTradeIds()): FrameDecoder {
  return (text) => {
    try {
      return decode(fieldsOf(parseFrame(text), 'frame'), tradeIds);
    } catch (error) {
      if (error instanceof FrameError) return { outcome: 'bad', error };
      throw error;
    }
  };
}

function decode(frame: Fields, tradeIds: BybitTradeIds): DecodedFrame {
  if ('op' in frame) return answer(frame);
  const topic = textOf(frame, 'topic');
  switch (topic.slice(0, topic.indexOf('.'))) {
    case 'publicTrade':
      return entries(frame, (entry) => trade(entry, tradeIds));
    case 'tickers':
      return ticker(frame);
    case 'allLiquidation': {
      const places = new Map<string, number>();
      return entries(frame, (entry) => liquidation(entry, places));
    }
    default:
      return { outcome: 'unused', topic };
  }
}

function entries(frame: Fields, read: (entry: Fields) => SymbolObservation): DecodedFrame {
  const observations: SymbolObservation[] = [];
  const errors: FrameError[] = [];
  for (const entry of listOf(frame.data, 'data')) {
    try {
      observations.push(read(fieldsOf(entry, 'entry')));
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      errors.push(error);
    }
  }
  return { outcome: 'market', observations, errors };
}

const takerSides: Readonly<Record<string, TakerSide>> = { Buy: 'buy', Sell: 'sell' };
const positionSides: Readonly<Record<string, PositionSide>> = { Buy: 'long', Sell: 'short' };

function sideOf<Side>(entry: Fields, sides: Readonly<Record<string, Side>>): Side {
  const given = textOf(entry, 'S');
  if (Object.hasOwn(sides, given)) return sides[given]!;
  throw new FrameError('bad_side', `S is '${given}', not Buy or Sell`);
}

function trade(entry: Fields, tradeIds: BybitTradeIds): SymbolObservation {
  const symbol = textOf(entry, 's');
  const observation = {
    kind: 'trade',
    time: wholeOf(entry, 'T'),
    price: priceOf(entry, 'p'),
    quantity: decimalOf(entry, 'v'),
    taker: sideOf(entry, takerSides),
  } as const;
  return {
    symbol,
    observation: { ...observation, id: tradeIds.idOf(symbol, wholeOf(entry, 'seq'), textOf(entry, 'i')) },
  };
}

function ticker(frame: Fields): DecodedFrame {
  const time = wholeOf(frame, 'ts');
  const data = fieldsOf(frame.data, 'data');
  const symbol = textOf(data, 'symbol');
  const found: Observation[] = [];
  if ('markPrice' in data) found.push({ kind: 'mark_price', time, id: time, price: priceOf(data, 'markPrice') });
  const contracts = oneSided(data);
  if (contracts !== null) found.push({ kind: 'open_interest', time, id: time, contracts });
  return { outcome: 'market', observations: found.map((observation) => ({ symbol, observation })), errors: [] };
}

/** Contracts of one side; `null` where the frame says nothing of them. */
function oneSided(data: Fields): number | null {
  if ('singleOpenInterest' in data) return decimalOf(data, 'singleOpenInterest');
  return 'openInterest' in data ? decimalOf(data, 'openInterest') / 2 : null;
}

/** @param places how many of the frame's liquidations a symbol and moment had so far. */
function liquidation(entry: Fields, places: Map<string, number>): SymbolObservation {
  const symbol = textOf(entry, 's');
  const time = wholeOf(entry, 'T');
  const key = `${symbol} ${time}`;
  const place = places.get(key) ?? 0;
  if (place >= liquidationsPerMs) throw new FrameError('bad_list', `more than ${liquidationsPerMs} at ${time}`);
  places.set(key, place + 1);
  const [price, quantity] = [priceOf(entry, 'p'), decimalOf(entry, 'v')];
  const side = sideOf(entry, positionSides);
  return { symbol, observation: { kind: 'liquidation', time, id: liquidationId(time, place), price, quantity, side } };
}

function answer(frame: Fields): DecodedFrame {
  if (frame.op === 'pong' || frame.ret_msg === 'pong') return { outcome: 'pong' };
  const message = typeof frame.ret_msg === 'string' ? frame.ret_msg : '';
  return { outcome: 'answer', id: String(frame.req_id ?? ''), ok: frame.success === true, message };
}
