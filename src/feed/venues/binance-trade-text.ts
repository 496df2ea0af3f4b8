/**
 * An aggregate trade of a combined stream, read straight out of its text: nearly all frames are these, and parsing one into an object of
 * a dozen fields costs more than all that is done with it. Fields may stand in any order and unknown ones among them; whatever is
 * not plainly such a trade is left to the general decoder, which says the same of it or what is wrong.
 */
import type { SymbolObservation } from '../../market/event.ts';
import { readDecimal } from './frame-fields.ts';

const [quote, comma, colon, closing, backslash, space, zero] = [34, 44, 58, 125, 92, 32, 48];
const head = '{"stream":"';
const middle = '@aggTrade","data":{';
const kind = '"aggTrade"';
/** Digits that a whole number may have and be exact. */
const wholeDigits = 15;

/** The fields that count, as far as they were read. */
interface Read {
  symbol: string;
  time: number;
  id: number;
  price: number;
  quantity: number;
  taker: 'buy' | 'sell' | null;
  isTrade: boolean;
}

/** @returns null: not such a text. */
export function readAggregateTrade(text: string): SymbolObservation | null {
  if (!text.startsWith(head)) return null;
  const name = text.indexOf(middle, head.length);
  if (name === -1 || !isPlain(text, head.length, name)) return null;
  const read: Read = {
    symbol: '',
    time: Number.NaN,
    id: Number.NaN,
    price: Number.NaN,
    quantity: Number.NaN,
    taker: null,
    isTrade: false,
  };
  let at = name + middle.length;
  let keys = '';
  for (;;) {
    const keyEnd = endOfText(text, at) - 1;
    if (keyEnd < 0 || text.charCodeAt(keyEnd + 1) !== colon) return null;
    const from = keyEnd + 2;
    const to = endOfValue(text, from);
    if (to === -1) return null;
    if (keyEnd === at + 2) {
      const key = text.charAt(at + 1);
      // Of a key that comes twice one counts, and which that is the parser knows.
      if (keys.includes(key)) return null;
      keys += key;
      take(read, key, text, from, to);
    }
    at = to + 1;
    if (text.charCodeAt(to) === comma) continue;
    if (text.charCodeAt(to) !== closing || text.charCodeAt(at) !== closing || text.length !== at + 1) return null;
    return observationOf(read);
  }
}

function take(read: Read, key: string, text: string, from: number, to: number): void {
  switch (key) {
    case 'e':
      read.isTrade = to === from + kind.length && text.startsWith(kind, from);
      return;
    case 's':
      if (text.charCodeAt(from) === quote) read.symbol = text.slice(from + 1, to - 1);
      return;
    case 'p':
      read.price = decimalAt(text, from, to);
      return;
    case 'q':
      read.quantity = decimalAt(text, from, to);
      return;
    case 'a':
      read.id = wholeAt(text, from, to);
      return;
    case 'T':
      read.time = wholeAt(text, from, to);
      return;
    case 'm':
      read.taker = text.startsWith('true', from) ? 'sell' : text.startsWith('false', from) ? 'buy' : null;
      return;
    default:
  }
}

function observationOf({ isTrade, symbol, time, id, price, quantity, taker }: Read): SymbolObservation | null {
  const isWhole = isTrade && symbol !== '' && price > 0 && quantity >= 0 && time >= 0 && id >= 0;
  return isWhole && taker !== null
    ? { symbol, observation: { kind: 'trade', time, id, price, quantity, taker } }
    : null;
}

/** Where a text, a whole number, `true` or `false` ends; -1 for anything else. */
function endOfValue(text: string, from: number): number {
  if (text.charCodeAt(from) === quote) return endOfText(text, from);
  if (text.startsWith('true', from)) return from + 4;
  if (text.startsWith('false', from)) return from + 5;
  let to = from;
  while (isDigit(text.charCodeAt(to))) to++;
  const isNumber = to > from && (text.charCodeAt(from) !== zero || to === from + 1);
  return isNumber ? to : -1;
}

/** Behind the closing quote of a text without escapes; -1 if it is none. */
function endOfText(text: string, from: number): number {
  if (text.charCodeAt(from) !== quote) return -1;
  const end = text.indexOf('"', from + 1);
  return end === -1 || !isPlain(text, from + 1, end) ? -1 : end + 1;
}

/** Characters that stand for themselves. */
function isPlain(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code < space || code === backslash || code === quote) return false;
  }
  return true;
}

function decimalAt(text: string, from: number, to: number): number {
  return text.charCodeAt(from) === quote ? readDecimal(text.slice(from + 1, to - 1)) : Number.NaN;
}

function wholeAt(text: string, from: number, to: number): number {
  if (to - from > wholeDigits) return Number.NaN;
  let whole = 0;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (!isDigit(code)) return Number.NaN;
    whole = whole * 10 + code - zero;
  }
  return whole;
}

function isDigit(code: number): boolean {
  return code >= zero && code < zero + 10;
}
