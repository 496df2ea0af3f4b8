/**
 * What a symbol's ledger says: frozen before the interval, scored after it with the book that was frozen, and the same whatever
 * happened to the program in between.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LiveScoreOptions, longestSilenceMs } from '../../src/actors/live-score.ts';
import { SimulatedMarket } from '../../src/feed/simulated-market.ts';
import { foldStream } from '../../src/log/fold-stream.ts';
import type { PlacedEntry } from '../../src/log/ledger-chain.ts';
import { emptyMemoryStore, MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { ledgerOf, ScoreLedger } from '../../src/log/score-ledger.ts';
import type { Observation } from '../../src/market/event.ts';
import { eventsOfBatch } from '../../src/market/event-batch.ts';
import { booksOf } from '../../src/market/symbol-book.ts';
import { symbolBookDigest } from '../../src/market/symbol-book-codec.ts';
import type { FrozenEntry, ScoredEntry } from '../../src/protocol/ledger-entry.ts';
import { sweptUsd } from '../../src/score/forecast.ts';
import { Stage, stream, trade } from './symbol-stage.ts';

const intervalMs = 600_000;
const begin = 1_800_000_000_000;

/** Observations of each second. */
function market(seconds: number, startMs = begin): Observation[][] {
  const simulated = new SimulatedMarket('BTCUSDT', 7, startMs);
  return [simulated.opening(), ...Array.from({ length: seconds }, () => simulated.step())];
}
/** The second at which the first interval begins; another one does 600 later. */
const first = 300;
const seconds = market(first + 2 * 600 + 1, begin + intervalMs - first * 1000);

class ScoreStage {
  readonly told: PlacedEntry[] = [];
  readonly broken: Error[] = [];
  readonly stage: Stage;

  constructor(store = emptyMemoryStore(), options: Partial<LiveScoreOptions> = {}) {
    this.stage = new Stage(store, 1_000_000, {
      intervalMs,
      completenessOf: () => 'simulated',
      observer: {
        opened: (_symbol, entries) => this.told.splice(0, this.told.length, ...entries),
        entered: (_symbol, placed) => this.told.push(placed),
        broken: (_symbol, error) => this.broken.push(error),
      },
      ...options,
    });
  }

  get store() {
    return this.stage.store;
  }

  async observe(chunks: readonly (readonly Observation[])[]): Promise<void> {
    for (const chunk of chunks) {
      const answered = this.stage.observe(chunk);
      await this.stage.settle();
      expect(await answered).toBe('folded');
    }
  }
}

async function ledgerIn(store: Stage['store']): Promise<PlacedEntry[]> {
  const entries: PlacedEntry[] = [];
  await ScoreLedger.open(new MemoryEventLog(store), stream, 'unused', (placed) => entries.push(placed));
  return entries;
}

async function bookAt(store: Stage['store'], seq: number) {
  const log = new MemoryEventLog(store);
  await log.openStream(stream, 'unused');
  const { book } = await foldStream(log, stream, 'BTCUSDT', seq);
  return { whole: book, book: booksOf(book)[0]! };
}

async function eventsIn(store: Stage['store'], from: number, to: number) {
  const log = new MemoryEventLog(store);
  await log.openStream(stream, 'unused');
  const events = [];
  for await (const { batch } of log.read(stream, from)) events.push(...eventsOfBatch(batch));
  return events.slice(0, to - from);
}

const whole = (async () => {
  const one = new ScoreStage();
  await one.observe([seconds.flat()]);
  return { told: one.told, store: one.store, entries: await ledgerIn(one.store) };
})();

describe('a score ledger', () => {
  it('freezes the book as it stands before the first event of an interval, and tells what it commits', async () => {
    const { entries, told, store } = await whole;
    expect(entries.map(({ entry }) => entry.kind)).toEqual([...['frozen', 'scored', 'frozen', 'scored', 'frozen']]);
    expect(told).toEqual(entries);
    for (const { entry } of entries) {
      if (entry.kind !== 'frozen') continue;
      const { whole: book } = await bookAt(store, entry.seq);
      const [next] = await eventsIn(store, entry.seq, entry.seq + 1);
      expect(entry.digest).toBe(symbolBookDigest(book));
      expect(book.time).toBeLessThan(Date.parse(entry.start));
      expect(next!.time).toBeGreaterThanOrEqual(Date.parse(entry.start));
    }
  });

  it('commits what is frozen before the event that begins the interval', async () => {
    const { store } = await whole;
    const { batches } = store.streams.get(stream)!;
    const { entries } = await whole;
    // Batches of one observation of many events are cut at each interval's start.
    const starts = batches.map(({ fromVersion }) => fromVersion);
    for (const { entry } of entries) if (entry.kind === 'frozen') expect(starts).toContain(entry.seq);
  });

  it('scores what the frozen book held on the path of the mark price against what was liquidated', async () => {
    const { entries, store } = await whole;
    let [foreseen, seen] = [0, 0];
    for (let i = 0; i + 1 < entries.length; i += 2) {
      const [frozen, scored] = [entries[i]!.entry as FrozenEntry, entries[i + 1]!.entry as ScoredEntry];
      expect([scored.start, scored.end]).toEqual([frozen.start, frozen.end]);
      const { book } = await bookAt(store, frozen.seq);
      const events = await eventsIn(store, frozen.seq, scored.seq);
      const prices = [book.price, ...events.flatMap((event) => (event.kind === 'mark_price' ? [event.price] : []))];
      const [low, high] = [Math.min(...prices), Math.max(...prices)];
      const liquidated = (side: 'long' | 'short') =>
        events.reduce((sum, e) => (e.kind === 'liquidation' && e.side === side ? sum + e.price * e.quantity : sum), 0);
      expect(scored.books).toHaveLength(1);
      expect(scored.books[0]).toMatchObject({ venue: null, completeness: 'simulated', open: book.price, low, high });
      const { long, short } = scored.books[0]!;
      expect(long.predicted_usd).toBeCloseTo(sweptUsd(book.long, book.tick, low), 3);
      expect(short.predicted_usd).toBeCloseTo(sweptUsd(book.short, book.tick, high), 3);
      expect(long.liquidated_usd).toBeCloseTo(liquidated('long'), 3);
      expect(short.liquidated_usd).toBeCloseTo(liquidated('short'), 3);
      foreseen += long.predicted_usd + short.predicted_usd;
      seen += long.liquidated_usd + short.liquidated_usd;
    }
    expect(Math.min(foreseen, seen)).toBeGreaterThan(0);
  });

  it('is the same, bit for bit, however the events came and wherever the program was started again', async () => {
    const { entries } = await whole;
    const places = fc.uniqueArray(fc.integer({ min: 1, max: seconds.length - 1 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(places, async (cuts) => {
        const store = emptyMemoryStore();
        const ends = [...cuts.sort((a, b) => a - b), seconds.length];
        let from = 0;
        for (const end of ends) {
          await new ScoreStage(store).observe([seconds.slice(from, end).flat()]);
          from = end;
        }
        expect((await ledgerIn(store)).map(({ entry }) => entry)).toEqual(entries.map(({ entry }) => entry));
      }),
      { numRuns: 12 },
    );
  });

  it('goes on when the program ended between the frozen entry and the event that it precedes', async () => {
    const { entries } = await whole;
    const store = emptyMemoryStore();
    const one = new ScoreStage(store);
    await one.observe([seconds.slice(0, first).flat()]);
    // The next second begins the interval.
    const { log } = one.stage;
    const append = log.append.bind(log);
    log.append = async (name, version, batch) => {
      if (name === stream && batch.time[0]! >= begin + intervalMs) throw new Error('ended here');
      return append(name, version, batch);
    };
    void one.stage.observe(seconds[first]!);
    await one.stage.settle();
    expect(await ledgerIn(store)).toHaveLength(1);
    await new ScoreStage(store).observe([seconds.slice(first).flat()]);
    expect(await ledgerIn(store)).toEqual(entries);
  });

  it('waits with the event while the ledger cannot be written to', async () => {
    const one = new ScoreStage();
    const early = seconds[first]!.filter(({ time }) => time < begin + intervalMs);
    await one.observe([[...seconds.slice(0, first).flat(), ...early]]);
    one.stage.log.failures = 2;
    one.stage.log.code = 'write_failed';
    const answered = one.stage.observe(seconds[first]!);
    await one.stage.settle();
    expect([one.stage.stalls, await ledgerIn(one.store)]).toEqual([['stalled'], []]);
    for (let second = 0; second < 3; second++) {
      one.stage.kernel.advance(1000);
      await one.stage.settle();
    }
    expect(await answered).toBe('folded');
    expect((await ledgerIn(one.store)).map(({ entry }) => entry.kind)).toEqual(['frozen']);
  });
});

describe('an interval that cannot be scored', () => {
  const reasonOf = async (store: Stage['store']) =>
    (await ledgerIn(store)).flatMap(({ entry }) => (entry.kind === 'unscored' ? [entry.reason] : []));
  const gap = (time: number): Observation => ({ kind: 'gap_detected', time, id: time, from: 1, to: 2, of: 'trade' });

  it.each([
    ['within it', first + 100, ['gap']],
    ['in the first event after it, which spoils both', first + 600, ['gap', 'gap']],
  ])('has a gap that the source told of %s', async (_where, second, reasons) => {
    const one = new ScoreStage();
    const time = begin + intervalMs + (second - first) * 1000;
    await one.observe([seconds.slice(0, second).flat(), [gap(time)], seconds.slice(second).flat()]);
    expect(await reasonOf(one.store)).toEqual(reasons);
  });

  it('had no price for too long', async () => {
    const one = new ScoreStage(undefined, { intervalMs: 2 * longestSilenceMs });
    const at = (time: number, id: number) => ({ ...trade(id), time }) as Observation;
    const ids = [begin - 1, begin + 1, begin + longestSilenceMs + 2, begin + 2 * longestSilenceMs];
    await one.observe([ids.map((time, i) => at(time, i + 1))]);
    expect(await reasonOf(one.store)).toEqual(['silence']);
  });

  it('was frozen on a book that the log does not give any more', async () => {
    const store = emptyMemoryStore();
    await new ScoreStage(store).observe([seconds.slice(0, first + 10).flat()]);
    const market = store.streams.get(stream)!;
    const other = await new MemoryEventLog(store).openStream(stream, 'unused');
    store.streams.set(stream, { ...market, epoch: `${other.epoch} and another` });
    await new ScoreStage(store).observe([seconds.slice(first + 10, first + 700).flat()]);
    expect(await reasonOf(store)).toEqual(['stream_changed']);
  });

  it('was begun with another length', async () => {
    const store = emptyMemoryStore();
    await new ScoreStage(store).observe([seconds.slice(0, first + 10).flat()]);
    await new ScoreStage(store, { intervalMs: 300_000 }).observe([seconds.slice(first + 10, first + 700).flat()]);
    expect(await reasonOf(store)).toEqual(['interval_changed']);
  });
});

describe('a symbol with several venues', () => {
  const venues = ['binance', 'bybit'] as const;
  /** Two markets, second by second. */
  const told = venues.map((venue, i) => {
    const simulated = new SimulatedMarket('BTCUSDT', i + 1, begin + intervalMs - first * 1000);
    const chunks = [simulated.opening(), ...Array.from({ length: first + 601 }, () => simulated.step())];
    return chunks.map((chunk) => chunk.map((observation): Observation => ({ ...observation, venue })));
  });
  const chunk = (second: number) => told.flatMap((chunks) => chunks[second]!).sort((a, b) => a.time - b.time);
  const all = told[0]!.map((_, second) => chunk(second));
  const completenessOf: LiveScoreOptions['completenessOf'] = (venue) => (venue === 'bybit' ? 'complete' : 'sampled');

  it('is scored book by book, each with its own price, its own liquidations and what they are worth', async () => {
    const one = new ScoreStage(undefined, { completenessOf });
    await one.observe([all.flat()]);
    const [frozen, scored] = one.told.map(({ entry }) => entry) as [FrozenEntry, ScoredEntry];
    expect(frozen.books.map(({ venue }) => venue)).toEqual(venues);
    expect(scored.books.map(({ venue, completeness }) => [venue, completeness])).toEqual([
      ['binance', 'sampled'],
      ['bybit', 'complete'],
    ]);
    const within = all.flat().filter(({ time }) => time >= begin + intervalMs && time < begin + 2 * intervalMs);
    for (const { venue, low, high, long, short } of scored.books) {
      const own = within.filter((event) => event.venue === venue);
      const marks = own.flatMap((event) => (event.kind === 'mark_price' ? [event.price] : []));
      expect([low <= Math.min(...marks), high >= Math.max(...marks)]).toEqual([true, true]);
      const usd = own.reduce((sum, e) => (e.kind === 'liquidation' ? sum + e.price * e.quantity : sum), 0);
      expect(long.liquidated_usd + short.liquidated_usd).toBeCloseTo(usd, 3);
    }
  });

  it('keeps the score of one venue when another one has a gap', async () => {
    const one = new ScoreStage(undefined, { completenessOf });
    const time = begin + intervalMs + 100_000;
    const gap = { kind: 'gap_detected', time, id: time, from: 1, to: 2, of: 'liquidation', venue: 'binance' } as const;
    await one.observe([all.slice(0, first + 100).flat(), [gap], all.slice(first + 100).flat()]);
    const scored = one.told[1]!.entry as ScoredEntry;
    expect([scored.books.map(({ venue }) => venue), scored.not_scored]).toEqual([
      ['bybit'],
      [{ venue: 'binance', reason: 'gap' }],
    ]);
  });
});

describe('a ledger that was tampered with', () => {
  it('is left as it is and named, and the pictures go on', async () => {
    const store = emptyMemoryStore();
    await new ScoreStage(store).observe([seconds.slice(0, first + 700).flat()]);
    const ledger = store.streams.get(ledgerOf(stream))!;
    ledger.batches.splice(1, 1);
    const version = ledger.version;
    const again = new ScoreStage(store);
    await again.observe([seconds.slice(first + 700).flat()]);
    expect(again.broken.map(({ message }) => message)).toEqual([expect.stringContaining('is damaged')]);
    expect(store.streams.get(ledgerOf(stream))!.version).toBe(version);
    await again.stage.tick();
    expect(again.stage.frames).toHaveLength(1);
  });
});
