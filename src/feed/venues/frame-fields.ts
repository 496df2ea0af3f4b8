/**
 * Fields of a parsed frame, each read as what it must be or refused by name. Written by hand because every trade of a market
 * passes through here: a schema's walk costs several times the parsing itself.
 */
import { FrameError } from './frame-error.ts';

export type Fields = Readonly<Record<string, unknown>>;

const decimal = /^\d{1,20}(\.\d{1,20})?$/;
const longestShown = 40;
/** A number of so many digits and its power of ten are both exact in a double, so one division rounds as reading the text would. */
const exactDigits = 15;
const tens = Array.from({ length: exactDigits }, (_, exponent) => 10 ** exponent);
const [zero, point] = [48, 46];

/** @throws {FrameError} `not_json`, or `not_an_object` for anything but `{…}` and `[…]`. */
export function parseFrame(text: string): Fields | readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FrameError('not_json', `not JSON: ${shown(text)}`);
  }
  if (typeof value !== 'object' || value === null)
    throw new FrameError('not_an_object', `not an object: ${shown(value)}`);
  return value as Fields | readonly unknown[];
}

export function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new FrameError('not_an_object', `${name} is ${shown(value)}, not an object`);
}

export function listOf(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new FrameError('bad_list', `${name} is ${shown(value)}, not a list`);
}

export function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new FrameError('bad_text', `${name} is ${shown(value)}, not a text`);
}

/** A decimal as venues write prices and quantities: text, without sign or exponent. */
export function decimalOf(fields: Fields, name: string): number {
  const value = fields[name];
  const number = typeof value === 'string' ? readDecimal(value) : Number.NaN;
  if (!Number.isNaN(number)) return number;
  throw new FrameError('bad_number', `${name} is ${shown(value)}, not a decimal in text`);
}

/** The number that is nearest to the text; NaN for anything but digits, with digits behind a point if there is one. */
export function readDecimal(text: string): number {
  const { length } = text;
  if (length > exactDigits) return decimal.test(text) ? Number(text) : Number.NaN;
  let digits = 0;
  let whole = -1;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    const digit = code - zero;
    if (digit >= 0 && digit <= 9) digits = digits * 10 + digit;
    else if (code === point && whole === -1) whole = i;
    else return Number.NaN;
  }
  if (whole === -1) return length === 0 ? Number.NaN : digits;
  const decimals = length - 1 - whole;
  return whole === 0 || decimals === 0 ? Number.NaN : digits / tens[decimals]!;
}

/** As `decimalOf`, and above 0: no market trades at nothing. */
export function priceOf(fields: Fields, name: string): number {
  const value = decimalOf(fields, name);
  if (value > 0) return value;
  throw new FrameError('bad_number', `${name} is ${shown(fields[name])}, not a price`);
}

/** An id or a time in ms: a whole number from 0 to 2^53. */
export function wholeOf(fields: Fields, name: string): number {
  const value = fields[name];
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new FrameError('bad_number', `${name} is ${shown(value)}, not a whole number`);
}

/** For an error: short, and whatever it is. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value));
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
