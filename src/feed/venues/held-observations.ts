/** Observations that wait, in an order of their own; mostly they come in that order, so a place is looked for from the end. */
import type { Observation } from '../../market/event.ts';

export interface Held<O extends Observation = Observation> {
  readonly observation: O;
  /** When it came, by our clock in ms. */
  readonly at: number;
}

export type Order = (a: Observation, b: Observation) => number;

export class HeldObservations<O extends Observation = Observation> {
  readonly #order: Order;
  #entries: Held<O>[] = [];
  /** Entries before this one are gone. */
  #start = 0;

  constructor(order: Order) {
    this.#order = order;
  }

  get size(): number {
    return this.#entries.length - this.#start;
  }

  get first(): Held<O> | undefined {
    return this.#entries[this.#start];
  }

  get last(): Held<O> | undefined {
    return this.size === 0 ? undefined : this.#entries.at(-1);
  }

  /** @returns false when its like is there already. */
  add(observation: O, at: number): boolean {
    let place = this.#entries.length;
    while (place > this.#start) {
      const order = this.#order(this.#entries[place - 1]!.observation, observation);
      if (order === 0) return false;
      if (order < 0) break;
      place--;
    }
    if (place === this.#entries.length) this.#entries.push({ observation, at });
    else this.#entries.splice(place, 0, { observation, at });
    return true;
  }

  takeFirst(): Held<O> {
    const first = this.#entries[this.#start++]!;
    if (this.#start * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#start);
      this.#start = 0;
    }
    return first;
  }
}
