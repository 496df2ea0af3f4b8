/**
 * Frames of OKX perpetuals against USDT as observations.
 *
 * Used: `trades` (side is the taker's), `mark-price`, `open-interest` (`oiCcy`, in base units), `liquidation-orders` (the whole
 * venue's, of which only known symbols are read; the price is the bankruptcy price; each order may hold several details). Sizes are
 * contracts and become base units. Ids: the trade id, which rises one by one; the time of a mark and an open interest; time · 1000
 * and a place of a liquidation, which has no id.
 *
 * A trade stands for `count` matches of one taker at one price, and its id is the last of theirs. It is given as so many equal trades,
 * because only then a hole in the ids is one in the market: their sum, price, side and time are the venue's, their parts are not.
 */
import type { Observation, PositionSide, SymbolObservation, TakerSide } from '../../market/event.ts';
import type { DecodedFrame, FrameDecoder } from './decoded-frame.ts';
import { FrameError } from './frame-error.ts';
import { decimalOf, type Fields, fieldsOf, listOf, parseFrame, priceOf, textOf, wholeOf } from './frame-fields.ts';
import { liquidationId, liquidationsPerMs } from './liquidation-id.ts';
import { baseUnits, type OkxContracts, okxSymbol } from './okx-contracts.ts';

/** Matches that one frame may stand for. */
const mostMatches = 10_000;

/** @param contracts as they are known by now; a fact of any other symbol that was asked for is `unknown_contract`. */
export function okxDecoder(contracts: () => OkxContracts): FrameDecoder {
  return (text) => {
    if (text === 'pong') return { outcome: 'pong' };
    try {
      return decode(fieldsOf(parseFrame(text), 'frame'), contracts());
    } catch (error) {
      if (error instanceof FrameError) return { outcome: 'bad', error };
      throw error;
    }
  };
}

function decode(frame: Fields, contracts: OkxContracts): DecodedFrame {
  if ('event' in frame) return answer(frame);
  const channel = textOf(fieldsOf(frame.arg, 'arg'), 'channel');
  switch (channel) {
    case 'trades':
      return entries(frame, (entry) => trades(entry, contracts));
    case 'mark-price':
      return entries(frame, (entry) => [mark(entry)]);
    case 'open-interest':
      return entries(frame, (entry) => [openInterest(entry)]);
    case 'liquidation-orders': {
      const places = new Map<string, number>();
      return entries(frame, (entry) => liquidations(entry, contracts, places));
    }
    default:
      return { outcome: 'unused', topic: channel };
  }
}

function entries(frame: Fields, read: (entry: Fields) => SymbolObservation[] | Readings): DecodedFrame {
  const observations: SymbolObservation[] = [];
  const errors: FrameError[] = [];
  for (const entry of listOf(frame.data, 'data')) {
    try {
      const found = read(fieldsOf(entry, 'entry'));
      if (Array.isArray(found)) observations.push(...found);
      else {
        observations.push(...found.observations);
        errors.push(...found.errors);
      }
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      errors.push(error);
    }
  }
  return { outcome: 'market', observations, errors };
}

/** What an entry that is a list itself held. */
interface Readings {
  readonly observations: readonly SymbolObservation[];
  readonly errors: readonly FrameError[];
}

function symbolOf(entry: Fields): string {
  const instrument = textOf(entry, 'instId');
  const symbol = okxSymbol(instrument);
  if (symbol === null) throw new FrameError('bad_text', `instId '${instrument}' is no perpetual against USDT`);
  return symbol;
}

function trades(entry: Fields, contracts: OkxContracts): SymbolObservation[] {
  const symbol = symbolOf(entry);
  return okxTrades(entry, sizeOf(symbol, contracts)).map((observation) => ({ symbol, observation }));
}

function sizeOf(symbol: string, contracts: OkxContracts): number {
  const size = contracts.get(symbol);
  if (size === undefined) throw new FrameError('unknown_contract', `the size of a contract of ${symbol} is not known`);
  return size;
}

const takerSides: Readonly<Record<string, TakerSide>> = { buy: 'buy', sell: 'sell' };

/** The matches of one entry, by id. @throws {FrameError} */
export function okxTrades(entry: Fields, contractSize: number): Observation[] {
  const given = textOf(entry, 'side');
  if (!Object.hasOwn(takerSides, given)) throw new FrameError('bad_side', `side is '${given}', not buy or sell`);
  const count = 'count' in entry ? wholeText(entry, 'count') : 1;
  const lastId = wholeText(entry, 'tradeId');
  if (count < 1 || count > mostMatches || count > lastId + 1) {
    throw new FrameError('bad_number', `count is ${count}, not from 1 to ${mostMatches}`);
  }
  const time = wholeText(entry, 'ts');
  const price = priceOf(entry, 'px');
  const quantity = baseUnits(decimalOf(entry, 'sz') / count, contractSize);
  const taker = takerSides[given]!;
  return Array.from({ length: count }, (_, i) => {
    return { kind: 'trade', time, id: lastId - count + 1 + i, price, quantity, taker };
  });
}

function mark(entry: Fields): SymbolObservation {
  const time = wholeText(entry, 'ts');
  return {
    symbol: symbolOf(entry),
    observation: { kind: 'mark_price', time, id: time, price: priceOf(entry, 'markPx') },
  };
}

function openInterest(entry: Fields): SymbolObservation {
  const time = wholeText(entry, 'ts');
  const observation = { kind: 'open_interest', time, id: time, contracts: decimalOf(entry, 'oiCcy') } as const;
  return { symbol: symbolOf(entry), observation };
}

/** @param places how many of the frame's liquidations a symbol and moment had so far. */
function liquidations(entry: Fields, contracts: OkxContracts, places: Map<string, number>): Readings {
  const observations: SymbolObservation[] = [];
  const errors: FrameError[] = [];
  const symbol = okxSymbol(textOf(entry, 'instId'));
  const contractSize = symbol === null ? undefined : contracts.get(symbol);
  // Those of the whole venue come; of what is no linear perpetual nothing was asked for.
  if (symbol === null || contractSize === undefined) return { observations, errors };
  for (const detail of listOf(entry.details, 'details')) {
    try {
      observations.push({ symbol, observation: liquidation(fieldsOf(detail, 'detail'), symbol, contractSize, places) });
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      errors.push(error);
    }
  }
  return { observations, errors };
}

function liquidation(detail: Fields, symbol: string, contractSize: number, places: Map<string, number>): Observation {
  const time = wholeText(detail, 'ts');
  const [price, quantity] = [priceOf(detail, 'bkPx'), baseUnits(decimalOf(detail, 'sz'), contractSize)];
  const side = positionOf(detail);
  const key = `${symbol} ${time}`;
  const place = places.get(key) ?? 0;
  if (place >= liquidationsPerMs) throw new FrameError('bad_list', `more than ${liquidationsPerMs} at ${time}`);
  places.set(key, place + 1);
  return { kind: 'liquidation', time, id: liquidationId(time, place), price, quantity, side };
}

const closedBy: Readonly<Record<string, PositionSide>> = { sell: 'long', buy: 'short' };

/** An account with one position for both sides (`net`) shows only by its order which it was. */
function positionOf(detail: Fields): PositionSide {
  const position = textOf(detail, 'posSide');
  if (position === 'long' || position === 'short') return position;
  const order = textOf(detail, 'side');
  if (position === 'net' && Object.hasOwn(closedBy, order)) return closedBy[order]!;
  throw new FrameError('bad_side', `posSide is '${position}' with side '${order}'`);
}

/** OKX writes whole numbers as texts. */
function wholeText(fields: Fields, name: string): number {
  const text = textOf(fields, name);
  return wholeOf({ [name]: /^\d+$/.test(text) ? Number(text) : text }, name);
}

/** One for each stream of a request; a refusal does not name its stream. */
function answer(frame: Fields): DecodedFrame {
  const event = textOf(frame, 'event');
  if (event === 'error') {
    return { outcome: 'answer', id: '', ok: false, message: `${frame.code}: ${frame.msg}` };
  }
  if (event !== 'subscribe') return { outcome: 'unused', topic: event };
  const arg = fieldsOf(frame.arg, 'arg');
  return { outcome: 'answer', id: streamId(arg), ok: true, message: '' };
}

/** How a stream is known in our request and in its answer. */
export function streamId({ channel, instId, instType }: Fields): string {
  return `${channel} ${instId ?? instType}`;
}
