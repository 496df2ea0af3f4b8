/** The same recording ends in the same book, bit for bit, however its events came and went. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRecordedFeed } from '../../src/feed/recorded-feed.ts';
import { foldStream } from '../../src/log/fold-stream.ts';
import { emptyMemoryStore, MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { type Book, evolve, initialBook } from '../../src/market/book.ts';
import { bookDigest, decodeBook, encodeBook } from '../../src/market/book-codec.ts';
import type { MarketEvent, Observation } from '../../src/market/event.ts';
import { batchFromEvents, maxBatchEvents } from '../../src/market/event-batch.ts';
import { intake } from '../../src/market/intake.ts';
import { initialSymbolBook } from '../../src/market/symbol-book.ts';
import { symbolBookDigest } from '../../src/market/symbol-book-codec.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { available } from '../support/require-or-skip.ts';
import { projectRoot } from '../support/server-process.ts';

const model = { tiers: 1, ladder: 1, churn: 0.5, halfLifeMs: 86_400_000 };
const recordings = [
  ['BTCUSDT', 'binance-um-BTCUSDT-1m-2025-06-12_14.csv'],
  ['BTCUSDT', join('truth', 'btc-1m-price-oi-2026-02-16_03-18.csv')],
] as const;
const pathOf = (file: string) => join(projectRoot, '../shared/data', file);

async function recordedEvents(symbol: string, path: string): Promise<MarketEvent[]> {
  const feed = createRecordedFeed({ files: new Map([[symbol, path]]), speed: 0, clock: new ManualClock() });
  const observations: Observation[] = [];
  for await (const chunk of feed.observations(new Map(), new AbortController().signal)) {
    observations.push(...chunk.map(({ observation }) => observation as Observation));
  }
  const { events, duplicates, refused } = intake(initialSymbolBook(symbol), observations, model);
  expect({ duplicates, refused }).toEqual({ duplicates: 0, refused: [] });
  return [...events];
}

function fold(book: Book, events: readonly MarketEvent[], batchEvents: number): Book {
  for (let from = 0; from < events.length; from += batchEvents) {
    evolve(book, batchFromEvents(events.slice(from, from + batchEvents)));
  }
  return book;
}

describe.each(recordings)('the recording of %s in %s', (symbol, file) => {
  const isThere = available(`../shared/data/${file}`, existsSync(pathOf(file)));

  it.skipIf(!isThere)(
    'folds to one digest in batches of 1, 7 and 512, through a log, and over a restart in the middle',
    async () => {
      const events = await recordedEvents(symbol, pathOf(file));
      const digest = bookDigest(fold(initialBook(symbol), events, maxBatchEvents));
      for (const batchEvents of [1, 7]) expect(bookDigest(fold(initialBook(symbol), events, batchEvents))).toBe(digest);

      const middle = Math.floor(events.length / 2);
      const firstHalf = fold(initialBook(symbol), events.slice(0, middle), 100);
      const restarted = decodeBook(symbol, encodeBook(firstHalf))!;
      expect(bookDigest(fold(restarted, events.slice(middle), 100))).toBe(digest);

      const store = emptyMemoryStore();
      const log = new MemoryEventLog(store);
      await log.openStream('s', 'e');
      let version = 0;
      for (let from = 0; from < events.length; from += 300) {
        const batch = batchFromEvents(events.slice(from, from + 300));
        await log.append('s', version, batch);
        version += batch.count;
      }
      await log.saveCheckpoint('s', { version: middle, state: encodeBook(firstHalf) });
      const { book, fromVersion } = await foldStream(new MemoryEventLog(store), 's', symbol, version);
      expect(fromVersion).toBe(middle);
      expect(symbolBookDigest(book)).toBe(digest);
    },
  );
});
