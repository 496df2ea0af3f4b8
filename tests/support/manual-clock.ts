/** A clock that stands still until a test moves it. Timers fire within `advance`, each at its time, the earlier set first. */
import type { Clock } from '../../src/actors/kernel/clock.ts';

interface ManualTimer {
  readonly at: number;
  readonly callback: () => void;
}

export class ManualClock implements Clock {
  #now: number;
  readonly #timers = new Set<ManualTimer>();

  constructor(startMs = 0) {
    this.#now = startMs;
  }

  /** Timers set and neither fired nor cleared. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  setTimer(callback: () => void, afterMs: number): unknown {
    const timer = { at: this.#now + afterMs, callback };
    this.#timers.add(timer);
    return timer;
  }

  clearTimer(handle: unknown): void {
    this.#timers.delete(handle as ManualTimer);
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (let timer = this.#nextDue(until); timer !== null; timer = this.#nextDue(until)) {
      this.#timers.delete(timer);
      this.#now = timer.at;
      timer.callback();
    }
    this.#now = until;
  }

  #nextDue(until: number): ManualTimer | null {
    let next: ManualTimer | null = null;
    for (const timer of this.#timers) {
      if (timer.at <= until && (next === null || timer.at < next.at)) next = timer;
    }
    return next;
  }
}
