/** The recorded frames of a venue, where they are; they stay out of this repository. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { available } from './require-or-skip.ts';
import { projectRoot } from './server-process.ts';

export type RecordedVenue = 'BINANCE_FUTURES' | 'BYBIT' | 'OKX';

const directory = join(projectRoot, '..', 'shared', 'data', 'frames');

export const hasVenueFrames = () => available(`recorded venue frames in ${directory}`, existsSync(directory));

/** Texts that were received over WebSocket, in order, of the connection to an address that begins with `address`. */
export function recordedFrames(venue: RecordedVenue, address: string): string[] {
  const connections = new Set<string>();
  const frames: string[] = [];
  for (const record of recordsOf(venue)) {
    if (record.t === 'connect' && record.addr.startsWith(address)) connections.add(record.conn);
    if (record.t === 'recv' && connections.has(record.conn)) frames.push(record.data);
  }
  return frames;
}

/** The first answer to a request of this address. */
export function recordedAnswer(venue: RecordedVenue, url: string): string {
  return recordsOf(venue).find((record) => record.t === 'http' && record.url === url)!.data;
}

interface RecordedLine {
  readonly t: string;
  readonly conn: string;
  readonly addr: string;
  readonly url?: string;
  readonly data: string;
}

function recordsOf(venue: RecordedVenue): RecordedLine[] {
  const text = zstdDecompressSync(readFileSync(join(directory, `${venue}.jsonl.zst`))).toString();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
