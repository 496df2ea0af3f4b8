import { afterEach, describe, expect, it } from 'vitest';
import {
  TaskFailed,
  TaskPool,
  type TaskPoolEvent,
  type TaskPoolOptions,
  TaskRefused,
} from '../../src/workers/task-pool.ts';
import type { BadJob } from './fixtures/behaving-badly-task.ts';

const pools: TaskPool<BadJob, number>[] = [];
const events: TaskPoolEvent[] = [];

function poolOf(changes: Partial<TaskPoolOptions> = {}) {
  events.length = 0;
  const pool = new TaskPool<BadJob, number>({
    filename: new URL('./fixtures/behaving-badly-task.ts', import.meta.url),
    threads: 1,
    maxQueue: 10,
    timeoutMs: 1500,
    attempts: 2,
    observe: (event) => events.push(event),
    ...changes,
  });
  pools.push(pool);
  return pool;
}

const counter = () => new SharedArrayBuffer(4);
const countOf = (begun: SharedArrayBuffer) => new Int32Array(begun)[0];

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

describe('the task pool', () => {
  it('tells of each job that ended how long it waited and took', async () => {
    const times: [number, number][] = [];
    const pool = poolOf({ timed: (waitedMs, tookMs) => times.push([waitedMs, tookMs]) });
    const begun = counter();
    await Promise.all([pool.run({ what: 'exit_once', begun }), pool.run({ what: 'exit_once', begun })]);
    expect(times).toHaveLength(2);
    // The second one waits until the first is done.
    expect(times[1]![0]).toBeGreaterThan(times[0]![0]);
  });

  it.each(['exit_once', 'hang_once'] as const)('replaces a worker and tries again when a job does %s', async (what) => {
    const pool = poolOf();
    const begun = counter();
    expect(await pool.run({ what, begun })).toEqual(expect.any(Number));
    expect(countOf(begun)).toBe(2);
    expect(events.map(({ cause }) => cause)).toEqual([what === 'exit_once' ? 'died' : 'hung']);
    expect(await pool.run({ what: 'answer' })).toEqual(expect.any(Number));
    expect(pool.stats()).toMatchObject({ completed: 2, failed: 0, workersLost: 1 });
  });

  it.each(['exit', 'hang'] as const)(
    'gives up a job that costs a worker each time (%s), and serves the next',
    async (what) => {
      const pool = poolOf();
      const begun = counter();
      const failing = pool.run({ what, begun });
      const next = pool.run({ what: 'answer' });
      await expect(failing).rejects.toThrow(TaskFailed);
      expect(await next).toEqual(expect.any(Number));
      expect(countOf(begun)).toBe(2);
      expect(pool.stats()).toMatchObject({ failed: 1, workersLost: 2 });
    },
  );

  it('replaces a worker that runs out of memory and tries its job again', async () => {
    const pool = poolOf({ maxHeapMb: 32, timeoutMs: 60_000 });
    const begun = counter();
    expect(await pool.run({ what: 'hoard_once', begun })).toEqual(expect.any(Number));
    expect(countOf(begun)).toBe(2);
    expect(events).toMatchObject([{ cause: 'died', attempt: 1, error: { code: 'ERR_WORKER_OUT_OF_MEMORY' } }]);
  });

  it('does not repeat a job whose error escapes it and ends the worker, and serves the next', async () => {
    const pool = poolOf({ timeoutMs: 60_000 });
    const begun = counter();
    await expect(pool.run({ what: 'escape', begun })).rejects.toMatchObject({
      name: 'TaskFailed',
      cause: { message: 'nobody catches this' },
    });
    expect(countOf(begun)).toBe(1);
    expect(await pool.run({ what: 'answer' })).toEqual(expect.any(Number));
  });

  it('does not repeat a job that merely throws, and hands its error on', async () => {
    const pool = poolOf();
    const begun = counter();
    await expect(pool.run({ what: 'throw', begun })).rejects.toMatchObject({
      name: 'TaskFailed',
      cause: { message: 'the task threw' },
    });
    expect(countOf(begun)).toBe(1);
    expect(pool.stats().workersLost).toBe(0);
  });

  it('refuses by name what its queue has no room for', async () => {
    const pool = poolOf({ maxQueue: 2 });
    const taken = [1, 2, 3].map(() => pool.run({ what: 'answer' }));
    await expect(pool.run({ what: 'answer' })).rejects.toThrow(TaskRefused);
    expect(pool.stats()).toMatchObject({ queued: 2, running: 1 });
    await Promise.all(taken);
    expect(pool.stats()).toMatchObject({ queued: 0, completed: 3 });
  });

  it('lets other workers go on while one hangs', async () => {
    const pool = poolOf({ threads: 2, timeoutMs: 60_000 });
    const ends = Promise.allSettled([pool.run({ what: 'hang' })]);
    for (let i = 0; i < 20; i++) await pool.run({ what: 'answer' });
    expect(pool.stats()).toMatchObject({ running: 1, completed: 20 });
    await pool.close();
    await ends;
  });

  it('rejects what waits and what runs when it is closed, and takes nothing more', async () => {
    const pool = poolOf({ timeoutMs: 60_000 });
    const running = pool.run({ what: 'hang' });
    const waiting = pool.run({ what: 'answer' });
    const ends = Promise.allSettled([running, waiting]);
    await pool.close();
    expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(pool.run({ what: 'answer' })).rejects.toThrow(TaskRefused);
  });
});
