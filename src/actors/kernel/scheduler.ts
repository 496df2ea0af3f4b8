/**
 * Gives actors their turns: round robin, and after a round's share back to the event loop, so that neither a flooded actor nor a pair
 * that plays ping-pong can keep timers and sockets waiting.
 */

export interface Runnable {
  /** Who it is, for whoever gives turns by more than their order. */
  readonly path: string;
  /** Handles up to `budget` messages. @returns whether more are waiting. */
  run(budget: number): boolean;
}

export interface SchedulerLimits {
  /** Messages an actor may handle in one turn. */
  readonly turnMessages: number;
  /** Turns between two looks at the event loop. */
  readonly roundTurns: number;
}

/** Whoever gives the turns: `Scheduler`, or what stands in for it where the order of turns is to be chosen. */
export interface TurnGiver {
  /** Actors that wait for a turn. */
  readonly runnable: number;
  /** Queues an actor that has become runnable, and never runs it at once. It must not be queued already. */
  add(runnable: Runnable): void;
  /** Resolves when no actor has anything to do. */
  idle(): Promise<void>;
}

export class Scheduler implements TurnGiver {
  readonly #limits: SchedulerLimits;
  #queue: Runnable[] = [];
  #next: Runnable[] = [];
  #at = 0;
  #isScheduled = false;
  #whenIdle: (() => void)[] = [];

  constructor(limits: SchedulerLimits) {
    this.#limits = limits;
  }

  get runnable(): number {
    return this.#queue.length - this.#at + this.#next.length;
  }

  add(runnable: Runnable): void {
    this.#next.push(runnable);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#round);
  }

  idle(): Promise<void> {
    if (!this.#isScheduled) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  readonly #round = (): void => {
    const { turnMessages, roundTurns } = this.#limits;
    for (let turn = 0; turn < roundTurns; turn++) {
      if (this.#at === this.#queue.length && !this.#swap()) {
        this.#isScheduled = false;
        const waiting = this.#whenIdle;
        this.#whenIdle = [];
        for (const resolve of waiting) resolve();
        return;
      }
      const runnable = this.#queue[this.#at++]!;
      if (runnable.run(turnMessages)) this.#next.push(runnable);
    }
    setImmediate(this.#round);
  };

  /** Two arrays take turns, so that nothing is shifted and nothing allocated. */
  #swap(): boolean {
    if (this.#next.length === 0) return false;
    const emptied = this.#queue;
    emptied.length = 0;
    this.#queue = this.#next;
    this.#next = emptied;
    this.#at = 0;
    return true;
  }
}
