/** All actors of a process: where the first ones are spawned, what happened to them, and the way to stop them all. */
import { ActorCell, type CellHost } from './actor-cell.ts';
import type { SpawnOptions } from './actor-context.ts';
import type { ActorRef } from './actor-ref.ts';
import type { Setup } from './behavior.ts';
import type { Clock } from './clock.ts';
import type { KernelEvent, KernelStats } from './kernel-event.ts';
import { Scheduler, type SchedulerLimits } from './scheduler.ts';

export interface ActorSystemOptions {
  readonly clock: Clock;
  readonly scheduler: SchedulerLimits;
  /** Told of everything that goes wrong. An error in it is nobody's business but its own. */
  readonly observe: (event: KernelEvent) => void;
}

export class ActorSystem {
  readonly #scheduler: Scheduler;
  readonly #host: CellHost;
  readonly #roots = new Map<string, ActorCell<never>>();
  #actors = 0;
  #failures = 0;
  #restarts = 0;
  #deadLetters = 0;
  #overflows = 0;
  #deepest = 0;

  constructor(options: ActorSystemOptions) {
    this.#scheduler = new Scheduler(options.scheduler);
    const observe = (event: KernelEvent) => {
      try {
        options.observe(event);
      } catch {
        // An observer that fails must not become a failure of what it observes.
      }
    };
    this.#host = {
      clock: options.clock,
      schedule: (cell) => this.#scheduler.add(cell),
      started: () => {
        this.#actors++;
      },
      ended: (path, cause) => {
        this.#actors--;
        observe({ type: 'ended', path, cause });
      },
      failed: (path, error, answer) => {
        this.#failures++;
        if (answer === 'restart') this.#restarts++;
        observe({ type: 'failed', path, error, answer });
      },
      releaseFailed: (path, error) => observe({ type: 'release_failed', path, error }),
      deadLetter: (path, message) => {
        this.#deadLetters++;
        observe({ type: 'dead_letter', path, message });
      },
      overflowed: (path, capacity) => {
        this.#overflows++;
        observe({ type: 'overflow', path, capacity });
      },
      deepened: (size) => {
        if (size > this.#deepest) this.#deepest = size;
      },
    };
  }

  /** @throws {RangeError} if an actor of this name lives at the top. */
  spawn<M>(setup: Setup<M>, options: SpawnOptions): ActorRef<M> {
    const { name } = options;
    if (this.#roots.has(name)) throw new RangeError(`there already is an actor named ${name}`);
    let hasEnded = false;
    const cell = new ActorCell(this.#host, `/${name}`, setup, options, () => {
      hasEnded = true;
      this.#roots.delete(name);
    });
    if (!hasEnded) this.#roots.set(name, cell as ActorCell<never>);
    return cell;
  }

  /** Ends every actor, children before parents, in the reverse order of spawning. */
  async stop(): Promise<void> {
    for (const cell of [...this.#roots.values()].reverse()) cell.end();
    await this.#scheduler.idle();
  }

  /** Resolves when no actor has a message to handle. */
  idle(): Promise<void> {
    return this.#scheduler.idle();
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
}
