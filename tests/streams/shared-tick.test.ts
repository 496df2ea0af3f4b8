import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
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
    const seen: number[] = [];
    let now = 0;
    const pending: { at: number; work: () => void }[] = [];
    // A scheduler whose clock can be moved past a due time, as a busy event loop does.
    const late = {
      now: () => now,
      schedule(this: unknown, work: (this: never) => void, delay = 0) {
        const action = {
          schedule: (_state: unknown, next = 0) =>
            pending.push({ at: now + next, work: () => work.call(action as never) }),
        };
        pending.push({ at: now + delay, work: () => work.call(action as never) });
        return { unsubscribe() {}, closed: false };
      },
    };
    const subscription = sharedTick(10, late as never).subscribe((tick) => seen.push(tick));
    const runAt = (time: number) => {
      now = time;
      for (const { work } of pending.splice(0)) work();
      return pending[0]!.at;
    };
    expect(runAt(10)).toBe(20);
    expect(runAt(57)).toBe(60);
    expect(runAt(60)).toBe(70);
    expect(seen).toEqual([1, 5, 6]);
    subscription.unsubscribe();
  });
});
