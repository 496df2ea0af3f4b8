/** What deltas save on a recorded day, one picture a candle. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/actors/kernel/system-clock.ts';
import { createRecordedFeed } from '../../src/feed/recorded-feed.ts';
import { evolve, initialBook } from '../../src/market/book.ts';
import { copyWindow, levelsOfWindow, windowColumnsLength } from '../../src/market/book-window.ts';
import { batchesOf } from '../../src/market/event-batch.ts';
import { intake } from '../../src/market/intake.ts';
import { symbolBookOf, viewOfBook } from '../../src/market/symbol-book.ts';
import { deflatedFrame } from '../../src/protocol/deflated-frame.ts';
import { deltaFrame, type Picture } from '../../src/protocol/delta-frame.ts';
import { snapshotFrame } from '../../src/protocol/snapshot-frame.ts';
import { available } from '../support/require-or-skip.ts';
import { projectRoot } from '../support/server-process.ts';

const fileOf = (symbol: string) => join(projectRoot, '../shared/data', `binance-um-${symbol}-1m-2025-06-12_14.csv`);
const symbols = ['BTCUSDT', 'ETHUSDT'];
const recordings = 'the recordings in ../shared/data';
const model = { tiers: 1, ladder: 1, churn: 0.5, halfLifeMs: 86_400_000 };
const range = 0.25;
/** A book without a past is emptier than any that is watched: its first hours are left out. */
const firstCandle = 300;
const lastCandle = 1440;

interface Shown {
  readonly picture: Picture;
  readonly bytes: Uint8Array;
}

async function picturesOf(symbol: string): Promise<Shown[]> {
  const feed = createRecordedFeed({ files: new Map([[symbol, fileOf(symbol)]]), speed: 0, clock: systemClock });
  const book = initialBook(symbol);
  const pictures: Shown[] = [];
  const end = new AbortController();
  for await (const chunk of feed.observations(new Map(), end.signal)) {
    for (const { observation } of chunk) {
      const { events } = intake(symbolBookOf(book), [observation], model);
      for (const batch of batchesOf(events)) evolve(book, batch);
      pictures.push(shown(book));
    }
    if (pictures.length > lastCandle) end.abort();
  }
  return pictures.slice(firstCandle, lastCandle);
}

function shown(book: ReturnType<typeof initialBook>): Shown {
  const columns = new Float64Array(windowColumnsLength(viewOfBook(book), range));
  const window = copyWindow(viewOfBook(book), range, columns);
  const levels = levelsOfWindow({ ...window, columns });
  const facts = {
    symbol: book.symbol,
    epoch: 'a1b2c3d4e5f6',
    seq: book.version,
    timestamp: book.time,
    marketTime: book.time,
    currentPrice: book.price,
    created: 80,
    consumed: 0,
    createdTotal: book.long.created + book.short.created,
    consumedTotal: book.long.consumed + book.short.consumed,
    levelStep: book.levelStep!,
  };
  const { bytes, checksum } = snapshotFrame(facts, levels);
  const sides = { long: window.scales[0]!.long, short: window.scales[0]!.short };
  return { picture: { facts, levels, sides, checksum }, bytes };
}

const sum = (sizes: number[]) => sizes.reduce((total, size) => total + size, 0);

describe.skipIf(!available(recordings, existsSync(fileOf('BTCUSDT'))))(`with ${recordings}`, () => {
  it.each(symbols)(
    '%s: a delta a candle is at most 15 percent of a snapshot, one over half an hour at most 35 percent',
    async (symbol) => {
      const pictures = await picturesOf(symbol);
      const shareOf = (candles: number, form: (frame: Uint8Array) => Uint8Array = (frame) => frame) => {
        const pairs = pictures.slice(candles).map((to, i) => ({ from: pictures[i]!, to }));
        const every = pairs.filter((_, i) => i % Math.max(candles, 7) === 0);
        const deltas = every.map(({ from, to }) => form(deltaFrame(from.picture, to.picture)).length);
        return sum(deltas) / sum(every.map(({ to }) => form(to.bytes).length));
      };
      const shares = {
        tick: shareOf(1),
        away: shareOf(30),
        deflatedTick: shareOf(1, deflatedFrame),
        deflatedAway: shareOf(30, deflatedFrame),
      };
      expect(shares.tick).toBeLessThan(0.15);
      expect(shares.away).toBeLessThan(0.35);
      expect(shares.deflatedTick).toBeLessThan(0.35);
      expect(shares.deflatedAway).toBeLessThan(0.6);
    },
  );
});
