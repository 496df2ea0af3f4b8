import { describe, expect, it } from 'vitest';
import { ManualClock } from './manual-clock.ts';

describe('ManualClock', () => {
  it('fires what is due in the order of time, then of setting, each at its own time', () => {
    const clock = new ManualClock(1000);
    const fired: string[] = [];
    const set = (name: string, afterMs: number) => clock.setTimer(() => fired.push(`${name} ${clock.now()}`), afterMs);
    set('c', 30);
    set('a', 10);
    set('b', 10);
    set('late', 100);
    clock.advance(50);
    expect(fired).toEqual(['a 1010', 'b 1010', 'c 1030']);
    expect(clock.now()).toBe(1050);
    expect(clock.pendingTimers).toBe(1);
  });

  it('fires a timer set by another within the same advance, and none that was cleared', () => {
    const clock = new ManualClock();
    const fired: number[] = [];
    const tick = () => {
      fired.push(clock.now());
      clock.setTimer(tick, 10);
    };
    clock.setTimer(tick, 10);
    clock.clearTimer(clock.setTimer(() => fired.push(-1), 5));
    clock.advance(35);
    expect(fired).toEqual([10, 20, 30]);
  });
});
