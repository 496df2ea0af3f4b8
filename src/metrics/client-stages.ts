/**
 * The last stages of a picture, of one thread's clients: from the settled picture to the first socket that has written it, to the last
 * one, and from a frame to the client's word that it has read it. Beside them, how late the thread came to its clients.
 */
import { countsOf } from './stage-metrics.ts';
import { Tally, type TallyCounts } from './tally.ts';

export type ClientStage = 'first_write' | 'last_write' | 'acknowledgement';

/** Ages of the oldest unread frame, in seconds, by which clients are counted. */
export const lagAges = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

export class ClientStages {
  readonly #tallies = { first_write: new Tally(), last_write: new Tally(), acknowledgement: new Tally() };
  readonly #loopLag = new Tally();
  readonly #now: () => number;
  /** When the first picture of this turn was settled. */
  #settledAt: number | null = null;
  /** Told of the first write of a turn's pictures, in ms. */
  #written: ((at: number) => void) | null = null;

  /** @param now in ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A picture is about to be given to the clients. Those that are due write it when this turn is over. */
  settled(): void {
    if (this.#settledAt !== null) return;
    this.#settledAt = this.#now();
    // Behind the writes, which are not yet queued: what no client was due for must not be taken for the next turn's.
    process.nextTick(() => process.nextTick(this.#turnIsOver));
  }

  firstWritten(): void {
    if (this.#settledAt === null) return;
    const now = this.#now();
    this.#tallies.first_write.add((now - this.#settledAt) / 1000);
    this.#written?.(now);
  }

  allWritten(): void {
    if (this.#settledAt !== null) this.#tallies.last_write.add((this.#now() - this.#settledAt) / 1000);
  }

  acknowledged(afterMs: number): void {
    this.#tallies.acknowledgement.add(afterMs / 1000);
  }

  late(ms: number): void {
    this.#loopLag.add(ms / 1000);
  }

  whenWritten(tell: (at: number) => void): void {
    this.#written = tell;
  }

  stages(): Readonly<Record<ClientStage, TallyCounts>> {
    return countsOf(this.#tallies);
  }

  loopLag(): TallyCounts {
    return this.#loopLag.counts();
  }

  readonly #turnIsOver = (): void => {
    this.#settledAt = null;
  };
}

/** @returns how many of the lags (in ms) are at least as long as each of `lagAges`. */
export function lagging(lags: Iterable<number>): number[] {
  const counts = lagAges.map(() => 0);
  for (const lag of lags) {
    for (let age = 0; age < lagAges.length && lag >= lagAges[age]! * 1000; age++) counts[age]!++;
  }
  return counts;
}
