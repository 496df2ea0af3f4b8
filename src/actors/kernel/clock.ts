/** Time as the kernel sees it, so that tests can move it by hand. */
export interface Clock {
  /** ms; never goes back. */
  now(): number;
  /** @returns a handle for `clearTimer`. */
  setTimer(callback: () => void, afterMs: number): unknown;
  clearTimer(handle: unknown): void;
}

/** Wall-clock time at the start plus monotonic time since, so that a clock set back on the host turns nothing around. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimer: (callback, afterMs) => setTimeout(callback, afterMs),
  clearTimer: (handle) => clearTimeout(handle as NodeJS.Timeout),
};
