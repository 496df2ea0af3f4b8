/** What an actor can do beside handling messages. Each incarnation has its own. */
import type { ActorRef, Ending } from './actor-ref.ts';
import type { Setup } from './behavior.ts';
import type { MailboxOptions } from './mailbox.ts';
import type { Supervision } from './supervision.ts';

export interface SpawnOptions {
  /** Unique among its siblings. */
  readonly name: string;
  readonly mailbox: MailboxOptions;
  readonly supervision: Supervision;
  /** Messages that may be stashed; 0 unless set. */
  readonly stashCapacity?: number;
}

export interface ActorContext<M> {
  readonly self: ActorRef<M>;
  /** ms of the system's clock. */
  now(): number;
  /** A child: it ends with this incarnation, before it. @throws {RangeError} if a living sibling has the name. */
  spawn<N>(setup: Setup<N>, options: SpawnOptions): ActorRef<N>;
  /** Ends a child after the message it may be at; what waits in its mailbox is dead letters. */
  stop<N>(child: ActorRef<N>): void;
  /** Tells this actor once when `actor` has ended, at once if it has. Past the mailbox's bound: an ending is never lost. */
  watch<N>(actor: ActorRef<N>, whenEnded: (ending: Ending) => M): void;
  /** Tells this actor `message` after a while. A key has one timer; a new one replaces it. None outlives the incarnation. */
  startTimer(key: string, afterMs: number, message: M): void;
  cancelTimer(key: string): void;
  /** Keeps a message for later. @throws {StashOverflow} when the stash is full. */
  stash(message: M): void;
  /** Puts what was stashed before what waits, in its order. */
  unstashAll(): void;
}

export class StashOverflow extends Error {
  override readonly name = 'StashOverflow';
}
