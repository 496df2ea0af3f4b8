/** What the actors need of the system they live in. */
import type { ActorRef } from './actor-ref.ts';
import type { Setup } from './behavior.ts';
import type { Clock } from './clock.ts';
import type { Mortal } from './mortal.ts';
import type { Runnable } from './scheduler.ts';
import type { SpawnOptions } from './spawn-options.ts';
import type { FailureAnswer } from './supervision.ts';

/** An actor as its parent sees it. */
export interface Child extends Mortal {
  readonly path: string;
  /** Runs the first setup. */
  begin(): void;
  /** Ends it in its next turn. */
  stop(): void;
  /** Ends it now. Only from its parent's turn, when it is not at a message itself. */
  end(): void;
  /** Shows itself and those below it, with the messages that wait for each. */
  census(see: (path: string, waiting: number) => void): void;
}

export interface Parent {
  childEnded(child: Child): void;
}

export interface CellHost {
  readonly clock: Clock;
  makeCell<M>(path: string, setup: Setup<M>, options: SpawnOptions, parent: Parent): ActorRef<M> & Child;
  schedule(cell: Runnable): void;
  ended(path: string, cause: 'stopped' | 'failed'): void;
  failed(path: string, error: unknown, answer: FailureAnswer['action']): void;
  releaseFailed(path: string, error: unknown): void;
  deadLetter(path: string, message: unknown): void;
  overflowed(path: string, capacity: number): void;
  deepened(size: number): void;
}
