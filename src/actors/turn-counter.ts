/**
 * Numbers the turns of the event loop in which somebody asks: what happens without a pause in between has the same number, and happens
 * at the same time. So the clock is read once for a tick and not once for each of its clients.
 */
import type { Clock } from './kernel/clock.ts';

export class TurnCounter {
  readonly #clock: Clock;
  #turn = 0;
  #now = 0;
  #isAsked = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get turn(): number {
    if (!this.#isAsked) this.#begin();
    return this.#turn;
  }

  /** ms, when the turn was first asked for. */
  get now(): number {
    if (!this.#isAsked) this.#begin();
    return this.#now;
  }

  #begin(): void {
    this.#isAsked = true;
    this.#now = this.#clock.now();
    process.nextTick(this.#end);
  }

  readonly #end = (): void => {
    this.#turn++;
    this.#isAsked = false;
  };
}
