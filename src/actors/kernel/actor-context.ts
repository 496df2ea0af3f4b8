/** What an actor can do beside handling messages. Each incarnation has its own; one that is over throws `IncarnationOver`. */
import type { ActorRef, Ending } from './actor-ref.ts';
import type { Setup } from './behavior.ts';
import type { SpawnOptions } from './spawn-options.ts';

export interface ActorContext<M> {
  readonly self: ActorRef<M>;
  /** ms of the system's clock. */
  now(): number;
  /** A child: it ends with this incarnation, before it. Its setup runs at once. @throws {RangeError} if a living sibling has the name. */
  spawn<N>(setup: Setup<N>, options: SpawnOptions): ActorRef<N>;
  /** Ends a child before its next message; from now on it is told nothing. @throws {RangeError} if it is somebody else's. */
  stop<N>(child: ActorRef<N>): void;
  /**
   * Tells this actor once when `actor` has ended, at once if it has. An ending comes after what `actor` told before and is never lost:
   * it does not count towards the mailbox's capacity. Watching again replaces `whenEnded`.
   */
  watch<N>(actor: ActorRef<N>, whenEnded: (ending: Ending) => M): void;
  /** After this the ending is not told, even if it is already waiting. */
  unwatch<N>(actor: ActorRef<N>): void;
  /**
   * Tells this actor `message` after a while, mailbox full or not. A key has one timer; a new one replaces it. None outlives the
   * incarnation. @throws {RangeError} if `afterMs` is not within 0 and 2^31 - 1.
   */
  startTimer(key: string, afterMs: number, message: M): void;
  /** After this the message is not told, even if it is already waiting. */
  cancelTimer(key: string): void;
  /** Keeps a message for later. @throws {StashOverflow} when the stash is full. */
  stash(message: M): void;
  /** Puts what was stashed before what waits, in its order. A restart does so too. */
  unstashAll(): void;
}

export class StashOverflow extends Error {
  override readonly name = 'StashOverflow';
}

export class IncarnationOver extends Error {
  override readonly name = 'IncarnationOver';
}
