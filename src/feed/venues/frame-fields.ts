/**
 * Fields of a parsed frame, each read as what it must be or refused by name. Written by hand because every trade of a market
 * passes through here: a schema's walk costs several times the parsing itself.
 */
import { FrameError } from './frame-error.ts';

export type Fields = Readonly<Record<string, unknown>>;

const decimal = /^\d{1,20}(\.\d{1,20})?$/;
const longestShown = 40;

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
  if (typeof value === 'string' && decimal.test(value)) return Number(value);
  throw new FrameError('bad_number', `${name} is ${shown(value)}, not a decimal in text`);
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

function shown(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value));
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
