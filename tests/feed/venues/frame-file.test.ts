import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeedError } from '../../../src/feed/feed.ts';
import { createRecordedFeed } from '../../../src/feed/recorded-feed.ts';
import { bybitVenue } from '../../../src/feed/venues/bybit-venue.ts';
import { FrameRecorder } from '../../../src/feed/venues/frame-recorder.ts';
import { evolve, initialBook } from '../../../src/market/book.ts';
import { bookDigest } from '../../../src/market/book-codec.ts';
import type { SymbolObservation } from '../../../src/market/event.ts';
import { batchesOf } from '../../../src/market/event-batch.ts';
import { intake } from '../../../src/market/intake.ts';
import { symbolBookOf } from '../../../src/market/symbol-book.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { temporaryDirectory } from '../../support/server-process.ts';
import { hasVenueFrames, recordedFrames } from '../../support/venue-frames.ts';
import { VenueMarket } from '../../support/venue-market.ts';
import { bybitProtocol } from '../../support/venue-protocol-bybit.ts';
import { noFaults, VenueSimulator } from '../../support/venue-simulator.ts';
import { venueWires } from '../../support/venue-wires.ts';
import { readAll } from '../feed-reader.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => directory.dispose());

const startTime = Date.parse('2026-03-01T00:00:00Z');
const header = { format: 'heatline frames 1', venue: 'bybit', symbols: ['BTCUSDT'] };

async function file(...lines: unknown[]): Promise<string> {
  const path = join(directory.path, 'a.frames.zst');
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  await writeFile(path, zstdCompressSync(`${text}\n`));
  return path;
}

const play = (path: string, symbol = 'BTCUSDT') =>
  readAll(createRecordedFeed({ files: new Map([[symbol, path]]), speed: 0, clock: new ManualClock() }));

function bookOf(seen: readonly SymbolObservation[]): string {
  const book = initialBook('BTCUSDT');
  const model = { tiers: 1, ladder: 1, churn: 0.5, halfLifeMs: 86_400_000 };
  const { events } = intake(
    symbolBookOf(book),
    seen.map(({ observation }) => observation),
    model,
    true,
  );
  for (const batch of batchesOf(events)) evolve(book, batch);
  return bookDigest(book);
}

/** Ten seconds of a simulated venue, with or without a cut. */
async function record(path: string, isCut: boolean): Promise<SymbolObservation[]> {
  const clock = new ManualClock(startTime);
  const market = new VenueMarket({ venue: 'bybit', symbols: ['BTCUSDT'], seed: 'rec', startTime, tradesPerSecond: 20 });
  const simulator = new VenueSimulator({ protocol: bybitProtocol, market, clock, seed: 'rec', faults: noFaults() });
  simulator.start();
  const recorder = new FrameRecorder({
    venue: bybitVenue(),
    url: 'ws://venue/v5/public/linear',
    symbols: ['BTCUSDT'],
    path,
    openSocket: venueWires(simulator, clock).openSocket,
    clock,
    random: () => 0.5,
    timing: { renewAfterMs: 4000, overlapMs: 300, backoff: { firstMs: 100, maxMs: 1000 } },
    maxWaitingBytes: 1e8,
  });
  clock.advance(5000);
  if (isCut) simulator.cut();
  clock.advance(5000);
  await recorder.stop();
  simulator.stop();
  return simulator.facts;
}

describe('a recording of frames', () => {
  it('gives what happened, once, over connections that overlapped; and the same book each time', async () => {
    const path = join(directory.path, 'whole.frames.zst');
    const facts = await record(path, false);
    const seen = await play(path);
    const kinds = (all: readonly SymbolObservation[]) =>
      all.map(({ observation: { kind, id } }) => `${kind} ${id}`).sort();
    const first = Math.min(...seen.map(({ observation }) => observation.time));
    const last = Math.max(...seen.map(({ observation }) => observation.time));
    const truth = facts.filter(({ observation: { time } }) => time >= first && time <= last);
    expect(kinds(seen)).toEqual(kinds(truth));
    expect(seen.length).toBeGreaterThan(200);
    expect(bookOf(await play(path))).toBe(bookOf(seen));
  });

  it('tells as a gap what was lost while it was made', async () => {
    const path = join(directory.path, 'cut.frames.zst');
    await record(path, true);
    const gaps = (await play(path)).flatMap(({ observation }) =>
      observation.kind === 'gap_detected' ? [observation.of] : [],
    );
    expect(new Set(gaps)).toEqual(new Set(['trade', 'mark_price', 'open_interest', 'liquidation']));
  });

  it('is not written over one that is there', async () => {
    const path = await file(header);
    await expect(
      (async () => {
        const clock = new ManualClock(startTime);
        const recorder = new FrameRecorder({
          venue: bybitVenue(),
          url: 'ws://venue',
          symbols: ['BTCUSDT'],
          path,
          openSocket: () => ({ send() {}, close() {} }),
          clock,
          random: () => 0.5,
          timing: { renewAfterMs: 4000, overlapMs: 300, backoff: { firstMs: 100, maxMs: 1000 } },
          maxWaitingBytes: 1e8,
        });
        await recorder.failed;
      })(),
    ).rejects.toThrow(/EEXIST/);
  });

  it.each([
    ['no header', ['{"at":1,"frame":"x"}'], /:1: no header of a recording of frames/],
    ['a bad line', [header, '{"at":"x"}'], /:2: /],
    ['half a line', [header, '{"at":1,"fra'], /:2: /],
  ])('with %s is refused, naming file and line', async (_, lines, message) => {
    await expect(play(await file(...lines))).rejects.toThrow(message);
  });

  it('that has not the symbol, or is no recording at all, is refused', async () => {
    await expect(play(await file(header), 'ETHUSDT')).rejects.toThrow(/has no ETHUSDT; it has BTCUSDT/);
    const path = join(directory.path, 'b.frames.zst');
    await writeFile(path, 'no zstd');
    await expect(play(path)).rejects.toThrow(FeedError);
  });

  it.skipIf(!hasVenueFrames())('plays frames of the real venue', async () => {
    const frames = recordedFrames('BYBIT', 'wss://stream.bybit.com/v5/public/linear');
    const records = frames.map((frame, i) => ({ at: startTime + i, frame }));
    const seen = await play(await file({ ...header, symbols: ['SOLUSDT'] }, ...records), 'SOLUSDT');
    expect(seen.filter(({ observation }) => observation.kind === 'trade').length).toBeGreaterThan(100);
    expect(seen.filter(({ observation }) => observation.kind === 'open_interest').length).toBeGreaterThan(1);
  });
});
