import { describe, expect, it, onTestFinished } from 'vitest';
import { evolve, initialBook } from '../../src/market/book.ts';
import { copyWindow, windowColumnsLength } from '../../src/market/book-window.ts';
import { batchFromEvents } from '../../src/market/event-batch.ts';
import { viewOfBook } from '../../src/market/symbol-book.ts';
import type { SnapshotJob } from '../../src/workers/snapshot-job.ts';
import { SnapshotPool } from '../../src/workers/snapshot-pool.ts';
import { renderSnapshot } from '../../src/workers/snapshot-task.ts';

function jobOf(symbol: string, isDeflated = false): SnapshotJob {
  const book = initialBook(symbol);
  evolve(
    book,
    batchFromEvents([
      { kind: 'model_set', time: 0, id: 1, tiers: 1, ladder: 1, churn: 0.5, halfLifeMs: 86_400_000 },
      { kind: 'trade', time: 1, id: 1, price: 100_000, quantity: 5, taker: 'buy' },
    ]),
  );
  const columns = new SharedArrayBuffer(windowColumnsLength(viewOfBook(book), 0.25) * Float64Array.BYTES_PER_ELEMENT);
  const window = copyWindow(viewOfBook(book), 0.25, new Float64Array(columns));
  const counts = { created: 1, consumed: 0, createdTotal: 1, consumedTotal: 0 };
  const facts = { symbol, epoch: 'e', seq: 2, timestamp: 0, marketTime: 1, currentPrice: 100_000, ...counts };
  return { facts: { ...facts, levelStep: book.levelStep! }, window, columns, isDeflated };
}

/** A time that is none: the job throws in the worker. */
function badJob(): SnapshotJob {
  const job = jobOf('BADUSDT');
  return { ...job, facts: { ...job.facts, timestamp: Number.NaN } };
}

function startPool(options: { threads?: number } = {}) {
  const pool = new SnapshotPool({ threads: 1, maxQueue: 8, timeoutMs: 10_000, observe() {}, ...options });
  onTestFinished(() => pool.close());
  return pool;
}

describe('the snapshot pool', () => {
  it.each([1, 2])(
    'makes what is asked for in one turn in one task a thread, each its own (threads: %i)',
    async (threads) => {
      const pool = startPool({ threads });
      const jobs = ['AUSDT', 'BUSDT', 'CUSDT'].map((symbol) => jobOf(symbol, symbol === 'BUSDT'));
      const snapshots = await Promise.all(jobs.map((job) => pool.render(job)));
      expect(snapshots.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(
        jobs.map((job) => Buffer.from(renderSnapshot(job).bytes).toString()),
      );
      expect(snapshots.map(({ deflated }) => deflated !== null)).toEqual([false, true, false]);
      expect(pool.stats().completed).toBe(threads);
    },
  );

  it('fails the job that throws and no other of its turn', async () => {
    const pool = startPool();
    const [good, bad] = await Promise.allSettled([pool.render(jobOf('AUSDT')), pool.render(badJob())]);
    expect(good.status).toBe('fulfilled');
    expect(bad.status).toBe('rejected');
  });

  it('refuses what is asked for when it is closed', async () => {
    const pool = startPool();
    await pool.close();
    await expect(pool.render(jobOf('AUSDT'))).rejects.toThrow('the pool is closed');
  });
});
