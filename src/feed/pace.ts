/** Waiting on a clock that tests can move, ended at once by an abort. */
export interface FeedClock {
  now(): number;
  setTimer(callback: () => void, afterMs: number): unknown;
  clearTimer(handle: unknown): void;
}

/** Longest wait handed to a timer at once: what a 32-bit timer can hold. */
const longestWaitMs = 2 ** 31 - 1;

/** Resolves when the clock shows `until` (ms), or when the signal aborts. */
export async function waitUntil(clock: FeedClock, until: number, signal: AbortSignal): Promise<void> {
  for (let left = until - clock.now(); left > 0 && !signal.aborted; left = until - clock.now()) {
    await new Promise<void>((resolve) => {
      const finish = () => {
        clock.clearTimer(timer);
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const timer = clock.setTimer(finish, Math.min(left, longestWaitMs));
      signal.addEventListener('abort', finish);
    });
  }
}
