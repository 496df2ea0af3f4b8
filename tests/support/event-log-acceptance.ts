/** What every adapter of the event log must do, as one suite. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventLog, StoredBatch } from '../../src/log/event-log.ts';
import type { MarketEvent } from '../../src/market/event.ts';
import { batchFromEvents, type EventBatch, eventsOfBatch } from '../../src/market/event-batch.ts';

export interface LogUnderTest {
  readonly log: EventLog;
  /** Closes the log and opens it again on what it kept. */
  reopen(): Promise<EventLog>;
  dispose(): Promise<void>;
}

const trade = (id: number): MarketEvent => ({
  kind: 'trade',
  time: 1000 + id,
  id,
  price: 100 + id,
  quantity: 1,
  taker: 'buy',
});

/** Trades `from` up to but not including `to`: number n of a stream has id n. */
export const batchOf = (from: number, to: number): EventBatch =>
  batchFromEvents(Array.from({ length: to - from }, (_, i) => trade(from + i)));

export async function idsFrom(log: EventLog, stream: string, fromVersion: number): Promise<number[]> {
  const ids: number[] = [];
  for await (const stored of log.read(stream, fromVersion)) {
    expect(stored.fromVersion).toBe(fromVersion + ids.length);
    ids.push(...eventsOfBatch(stored.batch).map(({ id }) => id));
  }
  return ids;
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

export function eventLogAcceptance(name: string, open: () => Promise<LogUnderTest>): void {
  describe(`the ${name} event log`, () => {
    let test: LogUnderTest;
    let log: EventLog;

    beforeEach(async () => {
      test = await open();
      log = test.log;
      await log.openStream('s', 'first');
    });
    afterEach(() => test.dispose());

    it('makes a stream once and keeps its epoch', async () => {
      expect(await log.openStream('s', 'second')).toEqual({ stream: 's', epoch: 'first', version: 0, firstVersion: 0 });
      await log.append('s', 0, batchOf(0, 3));
      log = await test.reopen();
      expect(await log.openStream('s', 'third')).toEqual({ stream: 's', epoch: 'first', version: 3, firstVersion: 0 });
    });

    it('begins where it is told to, as the copy of a stream whose beginning was cut off', async () => {
      const begun = { stream: 'copy', epoch: 'e', version: 100, firstVersion: 100 };
      expect(await log.openStream('copy', 'e', 100)).toEqual(begun);
      expect(await log.append('copy', 0, batchOf(0, 3))).toMatchObject({ outcome: 'conflict', actualVersion: 100 });
      expect(await log.append('copy', 100, batchOf(100, 103))).toMatchObject({ outcome: 'appended', version: 103 });
      log = await test.reopen();
      expect(await log.openStream('copy', 'f', 7)).toEqual({ ...begun, version: 103 });
      expect(await idsFrom(log, 'copy', 100)).toEqual(numbers(100, 103));
    });

    it('appends at the expected version and gives back what was appended, in order', async () => {
      expect(await log.append('s', 0, batchOf(0, 5))).toMatchObject({ outcome: 'appended', version: 5 });
      expect(await log.append('s', 5, batchOf(5, 517))).toMatchObject({ outcome: 'appended', version: 517 });
      expect(await idsFrom(log, 's', 0)).toEqual(numbers(0, 517));
      const stored: StoredBatch[] = [];
      for await (const batch of log.read('s', 0)) stored.push(batch);
      expect(eventsOfBatch(stored[0]!.batch)).toEqual(eventsOfBatch(batchOf(0, 5)));
    });

    it('refuses another version as a value, and changes nothing', async () => {
      await log.append('s', 0, batchOf(0, 5));
      for (const expectedVersion of [0, 4, 6, 100]) {
        const conflict = { outcome: 'conflict', expectedVersion, actualVersion: 5 };
        expect(await log.append('s', expectedVersion, batchOf(5, 6))).toEqual(conflict);
      }
      expect(await idsFrom(log, 's', 0)).toEqual(numbers(0, 5));
    });

    it('reads from any version, also from the middle of a batch and from the end', async () => {
      for (let from = 0; from < 60; from += 10) await log.append('s', from, batchOf(from, from + 10));
      for (const from of [0, 1, 9, 10, 11, 35, 59, 60, 61])
        expect(await idsFrom(log, 's', from)).toEqual(numbers(from, 60));
    });

    it('reads many batches without gap or duplicate, while more are appended', async () => {
      let version = 0;
      for (; version < 200; version += 2) await log.append('s', version, batchOf(version, version + 2));
      const ids: number[] = [];
      for await (const { batch } of log.read('s', 0)) {
        ids.push(...eventsOfBatch(batch).map(({ id }) => id));
        if (version < 210) {
          await log.append('s', version, batchOf(version, version + 2));
          version += 2;
        }
      }
      expect(ids).toEqual(numbers(0, ids.length));
      expect(ids.length).toBeGreaterThanOrEqual(200);
    });

    it('takes appends to many streams at once and answers each for itself', async () => {
      const streams = Array.from({ length: 20 }, (_, i) => `stream-${i}`);
      await Promise.all(streams.map((stream) => log.openStream(stream, 'e')));
      const results = await Promise.all(
        streams.flatMap((stream) => [log.append(stream, 0, batchOf(0, 3)), log.append(stream, 0, batchOf(0, 4))]),
      );
      expect(results.filter(({ outcome }) => outcome === 'appended')).toHaveLength(20);
      expect(results.filter(({ outcome }) => outcome === 'conflict')).toHaveLength(20);
      for (const stream of streams) expect(await idsFrom(log, stream, 0)).toEqual(numbers(0, 3));
      const positions = results.flatMap((result) => (result.outcome === 'appended' ? [result.position] : []));
      expect(new Set(positions).size).toBe(20);
    });

    it('loses nothing of a turn in which one append names an unknown stream, and a read after it finds the others', async () => {
      const first = log.append('s', 0, batchOf(0, 3));
      const unknown = log.append('nobody', 0, batchOf(0, 1)).catch((error) => error);
      const second = log.append('s', 3, batchOf(3, 9));
      const read = idsFrom(log, 's', 0);
      expect(await unknown).toMatchObject({ code: 'stream_unknown' });
      expect([await first, await second]).toMatchObject([{ version: 3 }, { version: 9 }]);
      expect(await read).toEqual(numbers(0, 9));
    });

    it('has after reopening what it acknowledged', async () => {
      await log.append('s', 0, batchOf(0, 5));
      await log.append('s', 5, batchOf(5, 9));
      log = await test.reopen();
      await log.openStream('s', 'other');
      expect(await idsFrom(log, 's', 0)).toEqual(numbers(0, 9));
      expect(await log.append('s', 9, batchOf(9, 10))).toMatchObject({ outcome: 'appended', version: 10 });
    });

    it('keeps the newest two checkpoints, and finds the newest of at most a version', async () => {
      expect(await log.loadCheckpoint('s', 100)).toBeNull();
      for (const version of [3, 9, 5]) {
        await log.saveCheckpoint('s', { version, state: Uint8Array.of(version, 1, 2) });
      }
      log = await test.reopen();
      await log.openStream('s', 'other');
      const found = async (atMost: number) => (await log.loadCheckpoint('s', atMost))?.version;
      expect((await log.loadCheckpoint('s', 100))?.state).toEqual(Uint8Array.of(9, 1, 2));
      expect(await Promise.all([100, 9, 8, 5, 4].map(found))).toEqual([9, 9, 5, 5, undefined]);
    });

    it('keeps checkpoints of streams apart', async () => {
      await log.openStream('t', 'e');
      await log.saveCheckpoint('s', { version: 1, state: Uint8Array.of(1) });
      expect(await log.loadCheckpoint('t', 100)).toBeNull();
    });

    it('names a stream that was not opened', async () => {
      const unknown = { code: 'stream_unknown' };
      await expect(log.append('nobody', 0, batchOf(0, 1))).rejects.toMatchObject(unknown);
      await expect(idsFrom(log, 'nobody', 0)).rejects.toMatchObject(unknown);
      await expect(log.loadCheckpoint('nobody', 1)).rejects.toMatchObject(unknown);
    });

    it('is closed once it is closed', async () => {
      const begun = log.append('s', 0, batchOf(0, 2));
      await log.close();
      expect(await begun).toMatchObject({ outcome: 'appended' });
      await expect(log.append('s', 2, batchOf(2, 3))).rejects.toMatchObject({ code: 'closed' });
      await expect(log.openStream('t', 'e')).rejects.toMatchObject({ code: 'closed' });
      await log.close();
      log = await test.reopen();
      await log.openStream('s', 'other');
      expect(await idsFrom(log, 's', 0)).toEqual([0, 1]);
    });
  });
}
