/**
 * The clock as one server sees it. It counts what the server has set, lets nothing happen while the server's event loop stands still,
 * and when the server is gone nothing fires any more.
 */
import type { Clock } from '../../src/actors/kernel/clock.ts';

interface ServerTimer {
  /** Of the clock behind. */
  handle: unknown;
}

export class ServerClock implements Clock {
  readonly #clock: Clock;
  readonly #pending = new Set<ServerTimer>();
  #stallsUntil = Number.NEGATIVE_INFINITY;
  #isCut = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Timers set and neither fired nor cleared. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  now(): number {
    return this.#clock.now();
  }

  setTimer(callback: () => void, afterMs: number): unknown {
    if (this.#isCut) return null;
    const timer: ServerTimer = { handle: null };
    this.#pending.add(timer);
    const fire = () => {
      this.#pending.delete(timer);
      callback();
    };
    timer.handle = this.#clock.setTimer(() => {
      if (this.#isStalled) timer.handle = this.#afterStall(fire);
      else fire();
    }, afterMs);
    return timer;
  }

  clearTimer(handle: unknown): void {
    const timer = handle as ServerTimer | null;
    if (timer !== null && this.#pending.delete(timer)) this.#clock.clearTimer(timer.handle);
  }

  /** Something from outside has arrived: the server gets to it as soon as it can, or is `gone`. */
  arrive(work: () => void, gone: () => void = () => {}): void {
    if (this.#isCut) gone();
    else if (this.#isStalled) this.#afterStall(() => this.arrive(work, gone));
    else work();
  }

  /** For so long nobody of this server gets a turn; what comes due or arrives meanwhile has to wait, and keeps its order. */
  stall(ms: number): void {
    this.#stallsUntil = Math.max(this.#stallsUntil, this.#clock.now() + ms);
  }

  /** From now on nothing fires. */
  cut(): void {
    this.#isCut = true;
    for (const { handle } of this.#pending) this.#clock.clearTimer(handle);
    this.#pending.clear();
  }

  get #isStalled(): boolean {
    return this.#clock.now() < this.#stallsUntil;
  }

  #afterStall(work: () => void): unknown {
    return this.#clock.setTimer(work, this.#stallsUntil - this.#clock.now());
  }
}
