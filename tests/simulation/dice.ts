/**
 * Everything that may vary in a simulation, drawn from its seed.
 *
 * Whatever draws has dice of its own, forked by name: what one part draws, or whether it is there at all, changes nothing for the
 * others. Durations are whole quarters of a millisecond, so that sums of them are exact and things can happen at the same time.
 */
import { Random } from '../../src/feed/random.ts';

export const gridMs = 0.25;

export class Dice {
  readonly #seed: string;
  readonly #random: Random;

  constructor(seed: string) {
    this.#seed = seed;
    this.#random = new Random(seed);
  }

  fork(name: string | number): Dice {
    return new Dice(`${this.#seed}/${name}`);
  }

  /** Evenly within [0, 1). */
  uniform(): number {
    return this.#random.uniform();
  }

  chance(probability: number): boolean {
    return this.#random.uniform() < probability;
  }

  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.#random.uniform() * (most - least + 1));
  }

  /** A duration on the grid. */
  ms(least: number, most: number): number {
    return this.whole(Math.round(least / gridMs), Math.round(most / gridMs)) * gridMs;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.whole(0, choices.length - 1)]!;
  }

  /** @param weights of the names, in proportion to how often each is drawn. */
  weighted<N extends string>(weights: Readonly<Record<N, number>>): N {
    const names = Object.keys(weights) as N[];
    let left = this.#random.uniform() * names.reduce((sum, name) => sum + weights[name], 0);
    for (const name of names) {
      left -= weights[name];
      if (left < 0) return name;
    }
    return names.at(-1)!;
  }
}
