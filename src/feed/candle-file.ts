/**
 * A file of candles as observations, read line by line. It believes nothing: an error names the file, the line and the column, and
 * what came before that line was given out already.
 *
 * The header is `open_time` or `time_ms`, then open, high, low, close, volume, and optionally `taker_buy_volume`, `open_interest`,
 * `open_interest_usd`. A blank optional field was not measured.
 */
import { createReadStream } from 'node:fs';
import type { Observation } from '../market/event.ts';
import { FeedError } from './feed.ts';
import { linesOf } from './lines-of.ts';

const timeColumns = ['open_time', 'time_ms'];
const requiredColumns = ['open', 'high', 'low', 'close', 'volume'] as const;
const optionalColumns = ['taker_buy_volume', 'open_interest', 'open_interest_usd'] as const;
const decimal = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
/** For a file of a single candle, which does not tell. */
const usualIntervalMs = 60_000;
const longestLine = 4096;

interface Header {
  /** What the file calls the open time. */
  readonly timeColumn: string;
  /** Place of each column by its name. */
  readonly places: ReadonlyMap<string, number>;
}

interface Row {
  readonly line: number;
  readonly timeColumn: string;
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly takerBuyVolume: number | null;
  readonly openInterest: number | null;
}

/** What one candle says: the open interest at its open, then the candle, known at its close. */
export async function* readCandleFile(path: string): AsyncGenerator<Observation[]> {
  let intervalMs: number | null = null;
  // A candle waits for the next one, whose time tells how long it is.
  let previous: Row | null = null;
  let failure: unknown = null;
  try {
    for await (const row of readRows(path)) {
      if (previous !== null) {
        intervalMs = checkedInterval(path, previous, row, intervalMs);
        yield observationsOf(previous, intervalMs);
      }
      previous = row;
    }
  } catch (error) {
    failure = error;
  }
  if (previous !== null) yield observationsOf(previous, intervalMs ?? usualIntervalMs);
  if (failure !== null) throw failure;
}

function checkedInterval(path: string, previous: Row, row: Row, intervalMs: number | null): number {
  const step = row.openTime - previous.openTime;
  const problem = (text: string) => errorAt(path, row.line, row.timeColumn, `${row.openTime} ${text}`);
  if (step === 0) throw problem('is there twice; times must rise');
  if (step < 0) throw problem(`goes back from ${previous.openTime}; times must rise`);
  if (intervalMs !== null && step % intervalMs !== 0) {
    throw problem(`is not a whole number of intervals (${intervalMs} ms) on from ${previous.openTime}`);
  }
  return intervalMs ?? step;
}

function observationsOf(row: Row, intervalMs: number): Observation[] {
  const { openTime, open, high, low, close, volume, takerBuyVolume, openInterest } = row;
  const candle: Observation = {
    kind: 'candle',
    time: openTime + intervalMs,
    id: openTime,
    open,
    high,
    low,
    close,
    volume,
    takerBuyVolume,
  };
  if (openInterest === null) return [candle];
  return [{ kind: 'open_interest', time: openTime, id: openTime, contracts: openInterest }, candle];
}

async function* readRows(path: string): AsyncGenerator<Row> {
  const input = createReadStream(path, 'utf8');
  let header: Header | null = null;
  let line = 0;
  let rows = 0;
  try {
    for await (const text of linesOf(input, longestLine)) {
      line++;
      if (text.length > longestLine) throw errorAt(path, line, null, `is longer than ${longestLine} characters`);
      if (header === null) {
        header = readHeader(path, text);
      } else if (text.trim() !== '') {
        rows++;
        yield readRow(path, line, text, header);
      }
    }
  } catch (error) {
    if (error instanceof FeedError) throw error;
    throw new FeedError(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  } finally {
    input.destroy();
  }
  if (header === null) throw errorAt(path, 1, null, 'is missing: the file is empty');
  if (rows === 0) throw errorAt(path, 2, null, 'is missing: the file has a header and no candle');
}

function readHeader(path: string, text: string): Header {
  const names = text
    .replace(/^\uFEFF/, '')
    .split(',')
    .map((name) => name.trim());
  const places = new Map(names.map((name, index) => [name, index]));
  if (places.size !== names.length) throw errorAt(path, 1, null, 'names a column twice');
  const timeColumn = timeColumns.find((name) => places.has(name));
  if (timeColumn === undefined) throw errorAt(path, 1, timeColumns.join(' or '), 'is missing');
  for (const name of requiredColumns) if (!places.has(name)) throw errorAt(path, 1, name, 'is missing');
  const known: readonly string[] = [...timeColumns, ...requiredColumns, ...optionalColumns];
  for (const name of names)
    if (!known.includes(name)) throw errorAt(path, 1, name, `is not known; known: ${known.join(', ')}`);
  return { timeColumn, places };
}

function readRow(path: string, line: number, text: string, { timeColumn, places }: Header): Row {
  const fields = text.split(',');
  if (fields.length !== places.size) {
    throw errorAt(path, line, null, `has ${fields.length} fields, the header ${places.size}`);
  }
  const fail = (column: string, problem: string) => errorAt(path, line, column, problem);
  const optional = (column: string): number | null => {
    const place = places.get(column);
    const field = place === undefined ? '' : fields[place]!.trim();
    if (field === '') return null;
    const value = Number(field);
    if (!decimal.test(field) || !Number.isFinite(value)) throw fail(column, `'${field.slice(0, 32)}' is not a number`);
    if (value < 0) throw fail(column, `${field} is negative`);
    return value;
  };
  const required = (column: string): number => {
    const value = optional(column);
    if (value === null) throw fail(column, 'is empty');
    return value;
  };
  const price = (column: string): number => {
    const value = required(column);
    if (value === 0) throw fail(column, 'is 0; a price is above it');
    return value;
  };

  const openTime = required(timeColumn);
  if (!Number.isSafeInteger(openTime)) throw fail(timeColumn, `${openTime} is not a whole number of ms`);
  const row: Row = {
    line,
    timeColumn,
    openTime,
    open: price('open'),
    high: price('high'),
    low: price('low'),
    close: price('close'),
    volume: required('volume'),
    takerBuyVolume: optional('taker_buy_volume'),
    openInterest: optional('open_interest'),
  };
  optional('open_interest_usd');
  const { high, low, volume, takerBuyVolume } = row;
  if (high < low) throw fail('high', `${high} is below the low ${low}`);
  for (const column of ['open', 'close'] as const) {
    if (row[column] > high || row[column] < low)
      throw fail(column, `${row[column]} is not within low ${low} and high ${high}`);
  }
  if (takerBuyVolume !== null && takerBuyVolume > volume) {
    throw fail('taker_buy_volume', `${takerBuyVolume} is more than the volume ${volume}`);
  }
  return row;
}

function errorAt(path: string, line: number, column: string | null, problem: string): FeedError {
  const place = column === null ? `line ${line}` : `line ${line}, column ${column}`;
  return new FeedError(`${path}, ${place}: ${problem}`);
}
