import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/actors/kernel/system-clock.ts';

describe('systemClock', () => {
  it('calls back after its time, and not at all when cleared', async () => {
    const called: string[] = [];
    const cleared = systemClock.setTimer(() => called.push('cleared'), 1);
    systemClock.clearTimer(cleared);
    const startedAt = systemClock.now();
    await new Promise<void>((resolve) => {
      systemClock.setTimer(() => {
        called.push('due');
        resolve();
      }, 2);
    });
    // The timer of Node counts whole milliseconds.
    expect(systemClock.now() - startedAt).toBeGreaterThanOrEqual(1);
    expect(called).toEqual(['due']);
  });

  it('does not mind when a timer that has fired is cleared', async () => {
    let handle: unknown;
    await new Promise<void>((resolve) => {
      handle = systemClock.setTimer(resolve, 0);
    });
    expect(() => systemClock.clearTimer(handle)).not.toThrow();
  });
});
