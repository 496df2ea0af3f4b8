/** Old events go, what is left can be folded, and the book is the same as before. */

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeBatch } from '../../src/log/batch-codec.ts';
import { foldStream } from '../../src/log/fold-stream.ts';
import { LogReader } from '../../src/log/log-reader.ts';
import type { RetentionLimits } from '../../src/log/retention.ts';
import { databasePath, openToRead } from '../../src/log/sqlite-database.ts';
import { SqliteStore } from '../../src/log/sqlite-store.ts';
import { evolve, initialBook } from '../../src/market/book.ts';
import { bookDigest, encodeBook } from '../../src/market/book-codec.ts';
import { batchFromEvents } from '../../src/market/event-batch.ts';
import { symbolBookDigest } from '../../src/market/symbol-book-codec.ts';
import { SqliteEventLog } from '../../src/workers/sqlite-event-log.ts';
import { temporaryDirectory } from '../support/server-process.ts';

const minute = 60_000;
const stream = 'test:BTCUSDT';

/** `checkpoints` times ten trades, a minute apart, each ten followed by a checkpoint. */
function filled(directory: string, checkpoints: number, retention: RetentionLimits) {
  const store = new SqliteStore({ directory, retention, historyCheckpointEvents: 10 });
  store.openStream(stream, 'epoch');
  const book = initialBook('BTCUSDT');
  for (let round = 0; round < checkpoints; round++) {
    const batch = batchFromEvents([
      { kind: 'model_set', time: book.time, id: round + 1, tiers: 1, ladder: 1, churn: 0.5, halfLifeMs: 3_600_000 },
      ...Array.from({ length: 9 }, (_, i) => ({
        kind: 'trade' as const,
        time: (round * 9 + i) * minute,
        id: round * 9 + i,
        price: 100_000 + i,
        quantity: 1,
        taker: 'buy' as const,
      })),
    ]);
    store.appendMany([{ stream, expectedVersion: book.version, count: batch.count, bytes: encodeBatch(batch) }]);
    evolve(book, batch);
    store.saveCheckpoint(stream, { version: book.version, state: encodeBook(book) });
  }
  return { store, book };
}

describe('retention', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => directory.dispose());

  const cutFully = (store: SqliteStore) => {
    let cuts = 0;
    while (store.cutBack()) if (++cuts > 1000) throw new Error('it never ends');
    return store.openStream(stream, 'unused');
  };

  it('keeps all unless there is a limit', () => {
    const { store } = filled(directory.path, 6, { maxAgeMs: 0, maxBytes: 0 });
    expect(cutFully(store)).toMatchObject({ firstVersion: 0, version: 60 });
    store.close();
  });

  it('cuts by age to the last checkpoint that is old enough, and what is left gives the same book', async () => {
    const { store, book } = filled(directory.path, 6, { maxAgeMs: 20 * minute, maxBytes: 0 });
    // The newest event is of minute 53, so what is older than minute 33 may go: the third checkpoint is of minute 26.
    expect(cutFully(store)).toEqual({ stream, epoch: 'epoch', firstVersion: 30, version: 60 });
    store.close();
    const log = await SqliteEventLog.open({ directory: directory.path, maxPending: 100, onLost() {} });
    const { version } = await log.openStream(stream, 'unused');
    const folded = await foldStream(log, stream, 'BTCUSDT', version);
    expect(symbolBookDigest(folded.book)).toBe(bookDigest(book));
    expect(
      await log.append(stream, 60, batchFromEvents([{ kind: 'mark_price', time: 1, id: 1, price: 9 }])),
    ).toMatchObject({ outcome: 'appended', version: 61 });
    await expect(foldStream(log, stream, 'BTCUSDT', version, { usesCheckpoints: false })).rejects.toThrow(
      'goes on with event 30 where 0 should follow',
    );
    await log.close();
  });

  it('never cuts behind the oldest of the two newest checkpoints, however small the limits', () => {
    for (const limits of [
      { maxAgeMs: 1, maxBytes: 0 },
      { maxAgeMs: 0, maxBytes: 1 },
    ]) {
      const { store } = filled(join(directory.path, JSON.stringify(limits)), 6, limits);
      expect(cutFully(store)).toMatchObject({ firstVersion: 50, version: 60 });
      store.close();
    }
  });

  it('lets readers read while it is being written', () => {
    const { store } = filled(directory.path, 2, { maxAgeMs: 0, maxBytes: 0 });
    const path = databasePath(directory.path);
    const database = openToRead(path);
    const reader = new LogReader(database, path);
    expect(reader.streams()).toMatchObject([{ stream, version: 20 }]);
    const batch = batchFromEvents([{ kind: 'mark_price', time: 1, id: 1, price: 9 }]);
    store.appendMany([{ stream, expectedVersion: 20, count: 1, bytes: encodeBatch(batch) }]);
    expect(reader.streams()).toMatchObject([{ stream, version: 21 }]);
    expect(() => database.exec('DELETE FROM batches')).toThrow(/readonly/);
    database.close();
    store.close();
  });
});
