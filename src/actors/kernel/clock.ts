/** Time as the kernel sees it, so that tests can move it by hand. */
export interface Clock {
  /** ms; never goes back. */
  now(): number;
  /** @returns a handle for `clearTimer`. */
  setTimer(callback: () => void, afterMs: number): unknown;
  /** Does nothing for a timer that has fired. */
  clearTimer(handle: unknown): void;
}
