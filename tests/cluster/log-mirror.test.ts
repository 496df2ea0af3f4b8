import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogMirror, type MirrorPlace, type SharedLog } from '../../src/cluster/log-mirror.ts';
import type { StreamInfo } from '../../src/log/event-log.ts';
import { emptyMemoryStore, MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { batchOf, idsFrom } from '../support/event-log-acceptance.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** A shared log whose streams can be forgotten, and be cut at their beginning. */
class Shared extends MemoryEventLog implements SharedLog {
  info: StreamInfo | null = null;
  failing: Error | null = null;

  async lookUp(): Promise<StreamInfo | null> {
    if (this.failing !== null) throw this.failing;
    return this.info;
  }
}

describe('the mirror of a shared log', () => {
  let shared: Shared;
  let local: MemoryEventLog;
  let clock: ManualClock;
  let abort: AbortController;
  let running: Promise<void>;
  const places: MirrorPlace[] = [];
  const failures: unknown[] = [];

  const begin = () => {
    abort = new AbortController();
    const mirror = new LogMirror({
      shared,
      local,
      stream: 's',
      clock,
      observer: { copied: (_, place) => places.push(place), failed: (_, error) => failures.push(error) },
    });
    running = mirror.run(abort.signal);
  };
  /** One poll, and whatever follows from it. */
  const poll = async () => {
    await clock.advance(500);
    for (let i = 0; i < 50; i++) await Promise.resolve();
  };
  const append = async (from: number, to: number) => {
    shared.info = await shared.openStream('s', 'first');
    await shared.append('s', from, batchOf(from, to));
    shared.info = await shared.openStream('s', 'first');
  };

  beforeEach(() => {
    shared = new Shared();
    local = new MemoryEventLog(emptyMemoryStore());
    clock = new ManualClock();
    places.length = 0;
    failures.length = 0;
  });
  afterEach(async () => {
    abort.abort();
    await running;
  });

  it('has what is in the shared log, a moment later, and says how far it is', async () => {
    begin();
    await poll();
    expect(places).toEqual([]);
    await append(0, 5);
    await append(5, 9);
    await poll();
    expect(await idsFrom(local, 's@first', 0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(places.at(-1)).toEqual({ copy: 's@first', epoch: 'first', version: 9, time: 1008 });
    await append(9, 10);
    await poll();
    expect(places.at(-1)).toMatchObject({ version: 10, time: 1009 });
  });

  it('goes on where it was after a restart', async () => {
    await append(0, 5);
    begin();
    await poll();
    abort.abort();
    await running;
    await append(5, 7);
    begin();
    await poll();
    expect(await idsFrom(local, 's@first', 0)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('takes the checkpoints too, and begins at one when the beginning was cut off', async () => {
    const cut = new Shared();
    await cut.openStream('s', 'first', 100);
    await cut.append('s', 100, batchOf(100, 103));
    await cut.saveCheckpoint('s', { version: 100, state: Uint8Array.of(1) });
    await cut.saveCheckpoint('s', { version: 103, state: Uint8Array.of(2) });
    cut.info = await cut.openStream('s', 'first');
    shared = cut;
    begin();
    await poll();
    expect(await idsFrom(local, 's@first', 100)).toEqual([100, 101, 102]);
    expect((await local.loadCheckpoint('s@first', 102))?.version).toBe(100);
    expect((await local.loadCheckpoint('s@first', 103))?.version).toBe(103);
  });

  it('begins another copy with another epoch', async () => {
    await append(0, 5);
    begin();
    await poll();
    shared.info = { ...shared.info!, epoch: 'second' };
    await poll();
    expect(await idsFrom(local, 's@second', 0)).toEqual([0, 1, 2, 3, 4]);
    expect(places.at(-1)!.copy).toBe('s@second');
  });

  it('tells of a failure and tries again', async () => {
    await append(0, 5);
    shared.failing = new Error('away');
    begin();
    await poll();
    expect(failures.length).toBeGreaterThan(0);
    shared.failing = null;
    await poll();
    expect(places.at(-1)).toMatchObject({ version: 5 });
  });
});
