/**
 * Gives actors their turns in an order that follows from a seed.
 *
 * Each actor waits for its turn for a while that its own dice say, mostly not at all; those whose waits end at the same moment have
 * their turns in one go, as in one round of the real scheduler, in an order that is drawn too. So any order can come about that could
 * come about at all.
 *
 * Or nobody waits and all have their turns in the order in which they became runnable, as the real scheduler gives them: then whether
 * one more actor is there changes nothing in the turns of the others.
 */
import type { Clock } from '../../src/actors/kernel/clock.ts';
import type { Runnable, TurnGiver } from '../../src/actors/kernel/scheduler.ts';
import type { Dice } from './dice.ts';

interface Waiting {
  readonly runnable: Runnable;
  readonly due: number;
  /** Who is first of those that are due at the same moment. */
  readonly rank: number;
}

const mostTurnMessages = 64;

export class SeededScheduler implements TurnGiver {
  readonly #clock: Clock;
  readonly #dice: Dice | null;
  readonly #diceOf = new Map<string, Dice>();
  readonly #waiting: Waiting[] = [];
  #whenIdle: (() => void)[] = [];
  #isInRound = false;

  /** @param dice null: turns in order. */
  constructor(clock: Clock, dice: Dice | null) {
    this.#clock = clock;
    this.#dice = dice;
  }

  get runnable(): number {
    return this.#waiting.length;
  }

  add(runnable: Runnable): void {
    const dice = this.#diceFor(runnable);
    const waitMs = dice === null ? 0 : waitFor(dice);
    this.#waiting.push({ runnable, due: this.#clock.now() + waitMs, rank: dice?.uniform() ?? 0 });
    if (!this.#isInRound || waitMs > 0) this.#clock.setTimer(this.#round, waitMs);
  }

  idle(): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  readonly #round = (): void => {
    this.#isInRound = true;
    for (let next = this.#takeDue(); next !== null; next = this.#takeDue()) {
      if (next.run(this.#diceFor(next)?.whole(1, mostTurnMessages) ?? mostTurnMessages)) this.add(next);
    }
    this.#isInRound = false;
    if (this.#waiting.length > 0) return;
    const waiting = this.#whenIdle;
    this.#whenIdle = [];
    for (const resolve of waiting) resolve();
  };

  #takeDue(): Runnable | null {
    const now = this.#clock.now();
    let first = -1;
    for (const [i, { due, rank }] of this.#waiting.entries()) {
      const best = this.#waiting[first];
      const isFirst = best === undefined || due < best.due || (due === best.due && rank < best.rank);
      if (due <= now && isFirst) first = i;
    }
    return first === -1 ? null : this.#waiting.splice(first, 1)[0]!.runnable;
  }

  #diceFor({ path }: Runnable): Dice | null {
    if (this.#dice === null) return null;
    let dice = this.#diceOf.get(path);
    if (dice === undefined) {
      dice = this.#dice.fork(path);
      this.#diceOf.set(path, dice);
    }
    return dice;
  }
}

function waitFor(dice: Dice): number {
  const kind = dice.uniform();
  if (kind < 0.6) return 0;
  if (kind < 0.9) return dice.ms(0.25, 2);
  return kind < 0.99 ? dice.ms(2, 15) : dice.ms(15, 100);
}
