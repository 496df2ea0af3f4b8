import { type SchedulerLike, Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it, vi } from 'vitest';
import { sharedTick } from '../../src/streams/shared-tick.ts';

const scheduler = () => new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
const numbers = { a: 1, b: 2, c: 3, d: 4 };

describe('the shared tick', () => {
  it('is numbered from one, a tick an interval', () => {
    const virtual = scheduler();
    virtual.run(({ expectObservable }) => {
      const ticks = sharedTick(3, virtual);
      expectObservable(ticks, '^----------!').toBe('---a--b--c-', numbers);
    });
  });

  it('is one for all: a later subscriber sees the number of now', () => {
    const virtual = scheduler();
    virtual.run(({ expectObservable }) => {
      const ticks = sharedTick(3, virtual);
      expectObservable(ticks, '^------------!').toBe('---a--b--c--d', numbers);
      expectObservable(ticks, '-----^-------!').toBe('------b--c--d', numbers);
    });
  });

  it('runs only while somebody listens', () => {
    const virtual = scheduler();
    virtual.run(({ expectObservable }) => {
      const ticks = sharedTick(3, virtual);
      expectObservable(ticks, '^----!').toBe('---a--', numbers);
      expectObservable(ticks, '----------^----!').toBe('-------------a-', numbers);
    });
  });

  it('skips the ticks it was too late for, and is on time again after', () => {
    const { scheduler: late, runAt } = movableScheduler();
    const seen: number[] = [];
    const subscription = sharedTick(10, late).subscribe((tick) => seen.push(tick));
    expect(runAt(10)).toBe(20);
    expect(runAt(57)).toBe(60);
    expect(runAt(60)).toBe(70);
    expect(seen).toEqual([1, 5, 6]);
    subscription.unsubscribe();
  });

  it('makes up for a timer that fires early, so that earliness does not add up either', () => {
    const { scheduler: early, runAt } = movableScheduler();
    const seen: number[] = [];
    const subscription = sharedTick(10, early).subscribe((tick) => seen.push(tick));
    expect(runAt(9)).toBe(20);
    expect(runAt(19)).toBe(30);
    expect(seen).toEqual([1, 2]);
    subscription.unsubscribe();
  });

  it('goes on from its number, on time, when the clock is set back', () => {
    const { scheduler: moved, runAt } = movableScheduler();
    const seen: number[] = [];
    const subscription = sharedTick(10, moved).subscribe((tick) => seen.push(tick));
    runAt(1000);
    expect(runAt(300)).toBe(310);
    expect(runAt(310)).toBe(320);
    expect(runAt(347)).toBe(350);
    expect(seen).toEqual([100, 101, 102, 105]);
    subscription.unsubscribe();
  });

  it('leaves no timer behind when nobody listens any more', () => {
    vi.useFakeTimers();
    try {
      const ticks = sharedTick(10);
      const subscriptions = [ticks.subscribe(), ticks.subscribe()];
      vi.advanceTimersByTime(25);
      expect(vi.getTimerCount()).toBe(1);
      for (const subscription of subscriptions) subscription.unsubscribe();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

/** A scheduler whose clock can be moved to any time, past what was due as a busy event loop does, or back. */
function movableScheduler(): { scheduler: SchedulerLike; runAt: (time: number) => number } {
  let now = 0;
  const pending: { at: number; work: () => void }[] = [];
  const scheduler = {
    now: () => now,
    schedule(work: (this: never) => void, delay = 0) {
      const action = {
        schedule: (_state: unknown, next = 0) =>
          pending.push({ at: now + next, work: () => work.call(action as never) }),
      };
      pending.push({ at: now + delay, work: () => work.call(action as never) });
      return new Subscription();
    },
  };
  return {
    scheduler: scheduler as unknown as SchedulerLike,
    /** Runs what is pending as if it were that time; answers when the next is due. */
    runAt: (time) => {
      now = time;
      for (const { work } of pending.splice(0)) work();
      return pending[0]!.at;
    },
  };
}
