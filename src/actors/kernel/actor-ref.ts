/** The address of an actor: all that others hold of it. */

/** `overflow`: the mailbox was full and, by its policy, this message was not taken. `dead`: nobody is there any more. */
export type TellOutcome = 'accepted' | 'overflow' | 'dead';

export interface ActorRef<M> {
  readonly path: string;
  /** Never runs the receiver: it puts the message into the mailbox and returns. */
  tell(message: M): TellOutcome;
}

/** How an actor ended. */
export interface Ending {
  readonly path: string;
  readonly cause: 'stopped' | 'failed';
  /** What it failed of. */
  readonly error?: unknown;
}
