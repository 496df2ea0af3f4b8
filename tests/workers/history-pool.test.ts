import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MarketEvent } from '../../src/market/event.ts';
import { batchesOf } from '../../src/market/event-batch.ts';
import { HistoryPool, type HistoryQuestion } from '../../src/workers/history-pool.ts';
import { SqliteEventLog } from '../../src/workers/sqlite-event-log.ts';
import { modelSet } from '../support/market-arbitraries.ts';
import { temporaryDirectory } from '../support/server-process.ts';

const stream = 'test:BTCUSDT';
const minute = 60_000;

const trades: MarketEvent[] = Array.from({ length: 3000 }, (_, i) => ({
  kind: 'trade',
  time: i * 1000,
  id: i,
  price: 100_000 + (i % 50) * 10,
  quantity: 1,
  taker: i % 2 === 0 ? 'buy' : 'sell',
}));

describe('the history pool', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let pool: HistoryPool;
  let log: SqliteEventLog;
  let version = 0;

  const open = (limits: { cacheBytes?: number; maxHeldBytes?: number; maxQueue?: number } = {}) =>
    new HistoryPool({
      threads: 1,
      maxQueue: 8,
      timeoutMs: 30_000,
      cacheBytes: 1 << 26,
      maxHeldBytes: 1 << 28,
      observe() {},
      ...limits,
    });
  const question = (changes: Partial<HistoryQuestion> = {}): HistoryQuestion => ({
    directory: directory.path,
    stream,
    symbol: 'BTCUSDT',
    venue: null,
    version,
    startMs: 5 * minute,
    endMs: 40 * minute,
    intervalMs: minute,
    range: 0.25,
    levelsPerBin: 1,
    bands: 31,
    mode: 'snapshot',
    maxBytes: 1 << 26,
    meta: { symbol: 'BTCUSDT' },
    ...changes,
  });
  const textOf = async (asked: AsyncIterable<Uint8Array>) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of asked) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  };

  beforeEach(async () => {
    directory = await temporaryDirectory();
    log = await SqliteEventLog.open({ directory: directory.path, maxPending: 1000, onLost() {} });
    ({ version } = await log.openStream(stream, 'epoch'));
    for (const batch of batchesOf([modelSet, ...trades])) {
      await log.append(stream, version, batch);
      version += batch.count;
    }
    pool = open();
  });
  afterEach(async () => {
    await pool.close();
    await log.close();
    await directory.dispose();
  });

  it('answers out of a log that is being written, with a column for each moment', async () => {
    const { data, meta } = JSON.parse(await textOf(pool.ask('a', question()).read()));
    expect(data.map(({ timestamp }: { timestamp: string }) => Date.parse(timestamp))).toEqual(
      Array.from({ length: 36 }, (_, i) => (5 + i) * minute),
    );
    expect(meta).toMatchObject({ symbol: 'BTCUSDT', columns: 36, level_step: 100, price_bin_size: 100 });
    expect(meta.assumptions.length).toBeGreaterThan(0);
    expect(data[0]).toMatchObject({ seq: 302, current_price: 100_000, open: 100_410, high: 100_490, low: 100_000 });
  });

  it('counts no event beyond the version it is asked of', async () => {
    const { data, meta } = JSON.parse(await textOf(pool.ask('a', question({ version: 1000 })).read()));
    expect(data).toHaveLength(12);
    expect(meta.seq).toBe(962);
  });

  it('answers the same question once for all who ask, then out of memory', async () => {
    const first = pool.ask('a', question());
    const second = pool.ask('a', question());
    expect(second).toBe(first);
    const texts = await Promise.all([textOf(first.read()), textOf(second.read())]);
    expect(texts[0]).toBe(texts[1]);
    expect(await textOf(pool.ask('a', question()).read())).toBe(texts[0]);
    expect(pool.stats()).toMatchObject({ cacheHits: 2, cacheMisses: 1, completed: 1 });
  });

  it('calls the work off when the last reader has left, and begins anew for the next', async () => {
    const answer = pool.ask('a', question({ endMs: 49 * minute, intervalMs: 1000, startMs: 1000 }));
    const [one, other] = [answer.read(), answer.read()];
    await one.next();
    await one.return!();
    await other.return!();
    const again = pool.ask('a', question());
    expect(again).not.toBe(answer);
    expect(JSON.parse(await textOf(again.read())).data).toHaveLength(36);
  });

  it('keeps no more than its cache has room for', async () => {
    await pool.close();
    pool = open({ cacheBytes: 300_000 });
    for (const key of ['a', 'b', 'c', 'd']) await textOf(pool.ask(key, question()).read());
    expect(pool.stats().cachedBytes).toBeLessThanOrEqual(300_000);
  });

  it('refuses new questions while slow readers hold too much, and goes on when they are done', async () => {
    await pool.close();
    pool = open({ cacheBytes: 0, maxHeldBytes: 1000 });
    const slow = pool.ask('a', question()).read();
    await slow.next();
    expect(() => pool.ask('b', question())).toThrow('readers have not taken');
    await textOf(slow);
    expect(JSON.parse(await textOf(pool.ask('b', question()).read())).data).toHaveLength(36);
  });

  it('gives up an answer that grows too large, by name', async () => {
    await expect(pool.ask('a', question({ maxBytes: 1000 })).begun()).rejects.toMatchObject({
      name: 'HistoryTooLarge',
    });
  });

  it('says what is wrong with a log it cannot read', async () => {
    await expect(pool.ask('a', question({ stream: 'nobody' })).begun()).rejects.toMatchObject({
      cause: expect.objectContaining({ message: expect.stringContaining('there is no stream nobody') }),
    });
  });
});
