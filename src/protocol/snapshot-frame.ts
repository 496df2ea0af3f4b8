/**
 * A snapshot as the finished WebSocket frame that every client is sent: JSON digits written straight into bytes.
 *
 * What tells two pictures apart (levels, price, totals) is one run of bytes, `content`: two frames show the same data exactly when
 * these bytes are equal. Time, seq and the counts since the previous frame lie outside of it.
 */
import type { Levels } from '../market/book-window.ts';
import type { LevelStep } from '../market/price-grid.ts';
import { frameHeaderBytes, opcodes, writeFrameHeader } from './websocket-frame.ts';

export interface SnapshotFacts {
  readonly symbol: string;
  readonly epoch: string;
  readonly seq: number;
  /** Wall clock of the picture and exchange time of the newest event in it, ms since 1970. */
  readonly timestamp: number;
  readonly marketTime: number;
  /** USD. */
  readonly currentPrice: number;
  readonly created: number;
  readonly consumed: number;
  readonly createdTotal: number;
  readonly consumedTotal: number;
  readonly levelStep: LevelStep;
}

export interface SnapshotFrame {
  /** The whole frame, header included. */
  readonly bytes: Uint8Array;
  /** Where `content` lies in it. */
  readonly contentStart: number;
  readonly contentEnd: number;
  readonly levels: number;
}

const encoder = new TextEncoder();
const ascii = (text: string) => encoder.encode(text);
const levelsOpen = ascii('"levels":[');
const priceKey = ascii('{"price":');
const longKey = ascii(',"long_density":');
const shortKey = ascii(',"short_density":');
const comma = 0x2c;
const braceClose = 0x7d;
const digitZero = 0x30;
const point = 0x2e;

/** Digits of a number below 2^53, a point and leading zeros of a fraction. */
const numberBytes = 40;
const levelBytes = priceKey.length + longKey.length + shortKey.length + 3 * numberBytes + 2;
const largestHeader = 10;

/** Grows to the largest picture seen; a worker makes one picture at a time. */
let scratch = new Uint8Array(64 * 1024);

export function snapshotFrame(facts: SnapshotFacts, levels: Levels): SnapshotFrame {
  const head = ascii(headText(facts));
  const tail = ascii(tailText(facts));
  const price = ascii(contentEndText(facts));
  const room = largestHeader + head.length + levelsOpen.length + levels.count * levelBytes + price.length + tail.length;
  if (scratch.length < room) scratch = new Uint8Array(room * 2);

  let at = append(largestHeader, head);
  const contentStart = at;
  at = append(at, levelsOpen);
  at = appendLevels(at, facts.levelStep, levels);
  at = append(at, price);
  const contentEnd = at;
  at = append(at, tail);

  const payloadBytes = at - largestHeader;
  const start = largestHeader - frameHeaderBytes(payloadBytes);
  writeFrameHeader(scratch, start, opcodes.text, payloadBytes);
  return {
    bytes: scratch.slice(start, at),
    contentStart: contentStart - start,
    contentEnd: contentEnd - start,
    levels: levels.count,
  };
}

function headText(facts: SnapshotFacts): string {
  const { symbol, epoch, seq } = facts;
  const timestamp = new Date(facts.timestamp).toISOString();
  const market_time = new Date(facts.marketTime).toISOString();
  const head = JSON.stringify({ type: 'snapshot', symbol, timestamp, epoch, seq, market_time });
  return `${head.slice(0, -1)},"data":{`;
}

function contentEndText(facts: SnapshotFacts): string {
  return (
    `],"current_price":${facts.currentPrice},"positions_created_total":${facts.createdTotal}` +
    `,"positions_consumed_total":${facts.consumedTotal}`
  );
}

function tailText(facts: SnapshotFacts): string {
  return `,"positions_created":${facts.created},"positions_consumed":${facts.consumed}}}`;
}

function appendLevels(start: number, step: LevelStep, levels: Levels): number {
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
