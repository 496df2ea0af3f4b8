/** What the kernel reports: for the log, the metrics and the tests. */
import type { FailureAnswer } from './supervision.ts';

export type KernelEvent =
  | {
      readonly type: 'failed';
      readonly path: string;
      readonly error: unknown;
      readonly answer: FailureAnswer['action'];
    }
  | { readonly type: 'ended'; readonly path: string; readonly cause: 'stopped' | 'failed' }
  | { readonly type: 'release_failed'; readonly path: string; readonly error: unknown }
  /** A message for nobody, or one pushed out of a full mailbox. */
  | { readonly type: 'dead_letter'; readonly path: string; readonly message: unknown }
  | { readonly type: 'overflow'; readonly path: string; readonly capacity: number };

export interface KernelStats {
  readonly actors: number;
  readonly failures: number;
  readonly restarts: number;
  readonly deadLetters: number;
  readonly overflows: number;
  /** Actors that have messages waiting. */
  readonly runnable: number;
  /** Most messages that ever waited in one mailbox. */
  readonly deepestMailbox: number;
}
