/**
 * JSON written straight into bytes: digits of numbers and rows of levels. Frames are made from it one at a time, so one buffer serves
 * all that a thread makes; it grows to the largest.
 */
import type { Levels } from '../market/book-window.ts';
import type { PriceStep } from '../market/price-grid.ts';
import { frameHeaderBytes, opcodes, writeFrameHeader } from './websocket-frame.ts';

const encoder = new TextEncoder();
export const ascii = (text: string) => encoder.encode(text);
const priceKey = ascii('{"price":');
const longKey = ascii(',"long_density":');
const shortKey = ascii(',"short_density":');
const comma = 0x2c;
const braceClose = 0x7d;
const bracketOpen = 0x5b;
const bracketClose = 0x5d;
const digitZero = 0x30;
const point = 0x2e;

/** Digits of a number below 2^53, a point and leading zeros of a fraction. */
const numberBytes = 40;
const levelBytes = priceKey.length + longKey.length + shortKey.length + 3 * numberBytes + 2;
const largestHeader = 10;

let scratch = new Uint8Array(64 * 1024);

/** The payload of one text frame, part by part. */
export class FramePayload {
  #at = largestHeader;

  /** @param textBytes of all that is not levels. */
  constructor(textBytes: number, levels: number) {
    const room = largestHeader + textBytes + levels * levelBytes;
    if (scratch.length < room) scratch = new Uint8Array(room * 2);
  }

  /** Bytes of the payload so far. */
  get size(): number {
    return this.#at - largestHeader;
  }

  add(bytes: Uint8Array): void {
    this.#at = append(this.#at, bytes);
  }

  /** Levels as objects, without the brackets of their list. */
  addLevels(step: PriceStep, levels: Levels): void {
    this.#at = appendLevels(this.#at, step, levels);
  }

  /** Levels as `[price,long_density,short_density]`, without the brackets of their list. */
  addLevelTuples(step: PriceStep, levels: Levels): void {
    this.#at = appendLevelTuples(this.#at, step, levels);
  }

  /** Numbers below 10, one digit each, with nothing between them. */
  addDigits(digits: Uint8Array): void {
    for (let i = 0; i < digits.length; i++) scratch[this.#at + i] = digitZero + digits[i]!;
    this.#at += digits.length;
  }

  /** @returns the bytes alone, without a frame around them: to be copied before another payload is begun. */
  finishBare(): Uint8Array {
    return scratch.subarray(largestHeader, this.#at);
  }

  /** @returns the whole frame, and where its payload begins. */
  finish(): { bytes: Uint8Array; payloadAt: number } {
    const payloadAt = frameHeaderBytes(this.size);
    const start = largestHeader - payloadAt;
    writeFrameHeader(scratch, start, opcodes.text, this.size);
    return { bytes: scratch.slice(start, this.#at), payloadAt };
  }
}

function appendLevels(start: number, step: PriceStep, levels: Levels): number {
  let at = start;
  for (let i = 0; i < levels.count; i++) {
    if (i > 0) scratch[at++] = comma;
    at = append(at, priceKey);
    at = appendDecimal(at, levels.number[i]! * step.mantissa, step.exponent);
    at = append(at, longKey);
    at = appendInteger(at, levels.longDensity[i]!);
    at = append(at, shortKey);
    at = appendInteger(at, levels.shortDensity[i]!);
    scratch[at++] = braceClose;
  }
  return at;
}

function appendLevelTuples(start: number, step: PriceStep, levels: Levels): number {
  let at = start;
  for (let i = 0; i < levels.count; i++) {
    if (i > 0) scratch[at++] = comma;
    scratch[at++] = bracketOpen;
    at = appendDecimal(at, levels.number[i]! * step.mantissa, step.exponent);
    scratch[at++] = comma;
    at = appendInteger(at, levels.longDensity[i]!);
    scratch[at++] = comma;
    at = appendInteger(at, levels.shortDensity[i]!);
    scratch[at++] = bracketClose;
  }
  return at;
}

function append(at: number, bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length; i++) scratch[at + i] = bytes[i]!;
  return at + bytes.length;
}

/** `value × 10^exponent` without an exponent and without zeros that say nothing. */
function appendDecimal(start: number, value: number, exponent: number): number {
  if (exponent >= 0) {
    let at = appendInteger(start, value);
    if (value > 0) for (let zero = 0; zero < exponent; zero++) scratch[at++] = digitZero;
    return at;
  }
  let digits = value;
  let decimals = -exponent;
  while (decimals > 0 && digits % 10 === 0) {
    digits /= 10;
    decimals--;
  }
  const unit = 10 ** decimals;
  const whole = Math.floor(digits / unit);
  let at = appendInteger(start, whole);
  if (decimals === 0) return at;
  scratch[at++] = point;
  at += decimals;
  let fraction = digits - whole * unit;
  for (let place = at - 1; place >= at - decimals; place--) {
    const rest = Math.floor(fraction / 10);
    scratch[place] = digitZero + fraction - rest * 10;
    fraction = rest;
  }
  return at;
}

/** A whole number of at least 0. Beyond 2^53, where digits mean nothing, as JavaScript writes it. */
function appendInteger(at: number, value: number): number {
  if (value > Number.MAX_SAFE_INTEGER) return append(at, ascii(String(value)));
  if (value < 10) {
    scratch[at] = digitZero + value;
    return at + 1;
  }
  let length = 1;
  for (let bound = 10; value >= bound; bound *= 10) length++;
  let rest = value;
  let place = at + length - 1;
  // Division of doubles is slow; below 2^31 it is one of integers.
  while (rest > 0x7fffffff) {
    const next = Math.floor(rest / 10);
    scratch[place--] = digitZero + (rest - next * 10);
    rest = next;
  }
  let small = rest | 0;
  for (; place >= at; place--) {
    const next = (small / 10) | 0;
    scratch[place] = digitZero + (small - next * 10);
    small = next;
  }
  return at + length;
}
