/** What an actor does, as its author writes it. */
import type { ActorContext } from './actor-context.ts';

/** Returned from `receive`: this actor has done its work. */
export const stopped: unique symbol = Symbol('stopped');

export interface Behavior<M> {
  /**
   * Handles one message. Answers the behaviour for the next one, nothing for "as before", or `stopped`.
   * What the protocol refuses is answered with a message; a throw says that the state may be wrong and goes to supervision.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a receive without a return statement is the usual case
  receive(message: M): Behavior<M> | typeof stopped | undefined | void;
  /** Runs once when this incarnation ends, whatever the cause. */
  release?(): void;
}

/** Makes the first behaviour of an incarnation; runs anew at every restart. */
export type Setup<M> = (context: ActorContext<M>) => Behavior<M>;
