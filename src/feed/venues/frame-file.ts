/**
 * A recording of frames as the observations of one symbol, in the order in which a live feed would have given them: the recorded times
 * stand for the clock, so the same bytes always give the same book. Trades that were lost while recording cannot be asked for, and
 * are gaps. A bad line is named; what came before it was given out already.
 */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import type { Observation } from '../../market/event.ts';
import { FeedError } from '../feed.ts';
import { linesOf } from '../lines-of.ts';
import { type FrameHeader, frameHeaderSchema, frameRecordSchema } from './frame-record.ts';
import { newVenue } from './new-venue.ts';
import { SymbolLine } from './symbol-line.ts';

const takeEveryMs = 20;
const windowMs = 100;
const maxHeld = 20_000;
/** The longest frame that a venue sends, and the record around it. */
const longestLine = 8 * 1024 * 1024;
/** Behind the last record nothing more can come. */
const afterTheEndMs = 10_000;

/** @throws {FeedError} that names the file and the line. */
export async function* readFrameFile(path: string, symbol: string): AsyncGenerator<Observation[]> {
  let line: SymbolLine | null = null;
  let player: ((text: string) => number) | null = null;
  let [takenAt, number] = [Number.NaN, 0];
  for await (const text of frameLines(path)) {
    number++;
    if (line === null || player === null) {
      const header = headerOf(path, text);
      if (!header.symbols.includes(symbol)) {
        throw new FeedError(`${path} has no ${symbol}; it has ${header.symbols.join(', ')}`);
      }
      ({ line, player } = playerOf(header, symbol));
      continue;
    }
    let at: number;
    try {
      at = player(text);
    } catch (error) {
      throw new FeedError(`${path}:${number}: ${(error as Error).message}`, { cause: error });
    }
    if (!(at - takenAt < takeEveryMs)) {
      takenAt = at;
      const observations = line.take(at);
      if (observations.length > 0) yield observations;
    }
  }
  if (line === null) throw new FeedError(`${path} is empty: a recording begins with a header`);
  const rest = line.take(takenAt + afterTheEndMs);
  if (rest.length > 0) yield rest;
}

async function* frameLines(path: string): AsyncGenerator<string> {
  const text = pipeline(createReadStream(path), createZstdDecompress(), () => {});
  text.setEncoding('utf8');
  try {
    yield* linesOf(text, longestLine);
  } catch (error) {
    throw new FeedError(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function headerOf(path: string, text: string): FrameHeader {
  try {
    return frameHeaderSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new FeedError(`${path}:1: no header of a recording of frames`, { cause: error });
  }
}

/** @returns the line, and what puts one record into it and answers the record's time. */
function playerOf({ venue: name, contracts = {} }: FrameHeader, symbol: string) {
  const venue = newVenue(name, new Map(Object.entries(contracts)));
  const decode = venue.newDecoder();
  let at = 0;
  const unanswered: number[] = [];
  const line = new SymbolLine({ venue, windowMs, maxHeld, fill: (_, question) => unanswered.push(question) });
  const player = (text: string): number => {
    const record = frameRecordSchema.parse(JSON.parse(text));
    // A clock that was set back turns nothing around.
    at = Math.max(at, record.at);
    for (const question of unanswered.splice(0)) line.filled(question, null, at);
    if ('connection' in record) {
      if (record.connection === 'live') line.live(at);
      else line.interrupted();
      return at;
    }
    const decoded = decode(record.frame);
    if (decoded.outcome === 'bad') line.suspect(at);
    if (decoded.outcome !== 'market') return at;
    for (const told of decoded.observations) if (told.symbol === symbol) line.accept(told.observation, at);
    if (decoded.errors.length > 0) line.suspect(at);
    return at;
  };
  return { line, player };
}
