/** How an actor is set up by whoever spawns it. */
import type { MailboxOptions } from './mailbox.ts';
import type { Supervision } from './supervision.ts';

export interface SpawnOptions {
  /** Unique among its living siblings; without a slash, since it becomes a part of the path. */
  readonly name: string;
  readonly mailbox: MailboxOptions;
  readonly supervision: Supervision;
  /** Messages that may be stashed; 0 unless set. */
  readonly stashCapacity?: number;
}

/** @throws {RangeError} naming what is wrong. */
export function checkSpawnOptions({ name, mailbox }: SpawnOptions): void {
  if (name === '' || name.includes('/')) {
    throw new RangeError(`actor name ${JSON.stringify(name)}: must not be empty nor hold a slash`);
  }
  if (!Number.isSafeInteger(mailbox.capacity) || mailbox.capacity < 1) {
    throw new RangeError(`actor ${name}: mailbox capacity ${mailbox.capacity} must be a whole number from 1`);
  }
}
