/** What becomes of an actor that throws, as data beside its name. */
export type Supervision =
  /** The message is dropped, the state is kept. */
  | { readonly onFailure: 'resume' }
  | { readonly onFailure: 'stop' }
  /** A new incarnation with the same mailbox; the message that threw is gone. More than `maxRestarts` within `withinMs` is a failure. */
  | {
      readonly onFailure: 'restart';
      readonly maxRestarts: number;
      readonly withinMs: number;
      /** Pause before a restart: the first, doubled each time within the window, up to `max`. */
      readonly backoffMs: { readonly first: number; readonly max: number };
    };

export type FailureAnswer =
  | { readonly action: 'resume' }
  | { readonly action: 'fail' }
  | { readonly action: 'restart'; readonly afterMs: number };

/**
 * @param restarts times (ms) of earlier restarts; those outside of the window are removed, a new one is added.
 * @param hasState false when setup threw: there is nothing to resume with.
 */
export function answerFailure(
  supervision: Supervision,
  restarts: number[],
  now: number,
  hasState: boolean,
): FailureAnswer {
  if (supervision.onFailure === 'resume') return { action: hasState ? 'resume' : 'fail' };
  if (supervision.onFailure === 'stop') return { action: 'fail' };
  const { maxRestarts, withinMs, backoffMs } = supervision;
  while (restarts.length > 0 && restarts[0]! <= now - withinMs) restarts.shift();
  if (restarts.length >= maxRestarts) return { action: 'fail' };
  const afterMs = Math.min(backoffMs.first * 2 ** restarts.length, backoffMs.max);
  restarts.push(now);
  return { action: 'restart', afterMs };
}
