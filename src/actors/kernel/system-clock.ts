/** Wall-clock time at the start plus monotonic time since, so that a clock set back on the host turns nothing around. */
import type { Clock } from './clock.ts';

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimer: (callback, afterMs) => setTimeout(callback, afterMs),
  clearTimer: (handle) => clearTimeout(handle as NodeJS.Timeout),
};
