/** All actors of a process: where the first ones are spawned, what happened to them, and the way to stop them all. */
import { ActorCell } from './actor-cell.ts';
import type { ActorContext } from './actor-context.ts';
import type { ActorRef } from './actor-ref.ts';
import type { Setup } from './behavior.ts';
import type { CellHost } from './cell-host.ts';
import type { Clock } from './clock.ts';
import type { KernelEvent, KernelStats } from './kernel-event.ts';
import { Scheduler, type SchedulerLimits, type TurnGiver } from './scheduler.ts';
import type { SpawnOptions } from './spawn-options.ts';

export interface ActorSystemOptions {
  readonly clock: Clock;
  readonly scheduler: SchedulerLimits;
  /** Gives the turns in place of a scheduler of the system's own. */
  readonly turnGiver?: TurnGiver;
  /** Told of every ending and of everything that goes wrong. An error in it is nobody's business but its own. */
  readonly observe: (event: KernelEvent) => void;
}

/** Parent of the first actors: it is told nothing, cannot fail, and ends when the system stops. */
const guardianOptions: SpawnOptions = {
  name: 'guardian',
  mailbox: { capacity: 1, overflow: 'reject_newest' },
  supervision: { onFailure: 'stop' },
};

export class ActorSystem {
  readonly #scheduler: TurnGiver;
  readonly #observe: (event: KernelEvent) => void;
  readonly #guardian: ActorCell<never>;
  #roots!: ActorContext<never>;
  #actors = 0;
  #failures = 0;
  #restarts = 0;
  #deadLetters = 0;
  #overflows = 0;
  #deepest = 0;

  constructor(options: ActorSystemOptions) {
    this.#scheduler = options.turnGiver ?? new Scheduler(options.scheduler);
    this.#observe = options.observe;
    const setup: Setup<never> = (context) => {
      this.#roots = context;
      return { receive() {} };
    };
    this.#guardian = new ActorCell(this.#hostWith(options.clock), '', setup, guardianOptions, { childEnded() {} });
    this.#guardian.begin();
  }

  /** @throws {RangeError} if an actor of this name lives at the top. @throws {IncarnationOver} after `stop`. */
  spawn<M>(setup: Setup<M>, options: SpawnOptions): ActorRef<M> {
    return this.#roots.spawn(setup, options);
  }

  /** Ends one of those spawned here, before its next message. */
  stopActor<M>(actor: ActorRef<M>): void {
    this.#roots.stop(actor);
  }

  /** Ends every actor, children before parents and the youngest first. Resolves when all have ended. */
  async stop(): Promise<void> {
    this.#guardian.stop();
    await this.#scheduler.idle();
  }

  /** Resolves when no actor has anything to do; timers that are not due and work elsewhere do not count. */
  idle(): Promise<void> {
    return this.#scheduler.idle();
  }

  /** Shows every actor, parents before children, with the messages that wait for it. */
  census(see: (path: string, waiting: number) => void): void {
    this.#guardian.census((path, waiting) => {
      if (path !== '') see(path, waiting);
    });
  }

  stats(): KernelStats {
    return {
      actors: this.#actors,
      failures: this.#failures,
      restarts: this.#restarts,
      deadLetters: this.#deadLetters,
      overflows: this.#overflows,
      runnable: this.#scheduler.runnable,
      deepestMailbox: this.#deepest,
    };
  }

  #hostWith(clock: Clock): CellHost {
    const host: CellHost = {
      clock,
      makeCell: (path, setup, options, parent) => {
        this.#actors++;
        return new ActorCell(host, path, setup, options, parent);
      },
      schedule: (cell) => this.#scheduler.add(cell),
      ended: (path, cause) => {
        if (path === '') return;
        this.#actors--;
        this.#report({ type: 'ended', path, cause });
      },
      failed: (path, error, answer) => {
        this.#failures++;
        if (answer === 'restart') this.#restarts++;
        this.#report({ type: 'failed', path, error, answer });
      },
      releaseFailed: (path, error) => this.#report({ type: 'release_failed', path, error }),
      deadLetter: (path, message) => {
        this.#deadLetters++;
        this.#report({ type: 'dead_letter', path, message });
      },
      overflowed: (path, capacity) => {
        this.#overflows++;
        this.#report({ type: 'overflow', path, capacity });
      },
      deepened: (size) => {
        if (size > this.#deepest) this.#deepest = size;
      },
    };
    return host;
  }

  #report(event: KernelEvent): void {
    try {
      this.#observe(event);
    } catch {
      // An observer that fails must not become a failure of what it observes.
    }
  }
}
