/**
 * What a client may cost, and what becomes of one that costs more. Pure: the supervisor asks, and carries out the answer.
 */
import type { CloseReasonName } from '../protocol/close-reason.ts';

export interface ClientLimits {
  /** Without an acknowledgement for this long a client is slow. */
  readonly slowConsumerTimeoutMs: number;
  /** Without one for this long it is closed. */
  readonly stuckTimeoutMs: number;
  /** A client that was silent for this long is asked for a sign of life, and cut off after as long again. */
  readonly heartbeatIntervalMs: number;
  /** Answers a client has asked for and does not read may gather up to this; then it is closed. */
  readonly maxBufferedBytes: number;
}

/** How a connection stands, at the moment it is asked. Durations in ms. */
export interface LagReport {
  /** Age of the oldest frame the peer has not acknowledged; 0 when there is none. */
  readonly unacknowledgedForMs: number;
  /** How long the newest acknowledgement took to come. */
  readonly acknowledgedAfterMs: number;
  /** Time since anything at all came from the peer. */
  readonly silentForMs: number;
  /** Written to the socket and not yet taken by the operating system. */
  readonly bufferedBytes: number;
  readonly isSlow: boolean;
}

/** How things stand around a client. What befell all is the fault of none. */
export interface Surroundings {
  /** How long this server itself did not get to its clients before this sweep, in ms. */
  readonly stalledMs: number;
  /** Lag in ms that half of the clients on time have or exceed. */
  readonly typicalLagMs: number;
}

export type Verdict =
  | { readonly action: 'keep' }
  /** To be warned. One frame at a time is on its way to it already, see `acknowledgements.ts`. */
  | { readonly action: 'mark_slow' }
  | { readonly action: 'mark_recovered' }
  | { readonly action: 'ask_for_life' }
  | { readonly action: 'close'; readonly reason: CloseReasonName; readonly cause: 'stuck' | 'buffered' }
  /** No handshake: nobody is there to answer it. */
  | { readonly action: 'cut_off' };

/** By one name that metric and page share; null: nothing that is counted. */
export function verdictName(verdict: Verdict): 'slow' | 'recovered' | 'stuck' | 'buffered' | 'silent' | null {
  switch (verdict.action) {
    case 'mark_slow':
      return 'slow';
    case 'mark_recovered':
      return 'recovered';
    case 'close':
      return verdict.cause;
    case 'cut_off':
      return 'silent';
    default:
      return null;
  }
}

const keep: Verdict = { action: 'keep' };
const markSlow: Verdict = { action: 'mark_slow' };
const markRecovered: Verdict = { action: 'mark_recovered' };
const askForLife: Verdict = { action: 'ask_for_life' };
const cutOff: Verdict = { action: 'cut_off' };
const closeStuck: Verdict = { action: 'close', reason: 'slow_consumer', cause: 'stuck' };
const closeBuffered: Verdict = { action: 'close', reason: 'slow_consumer', cause: 'buffered' };

export function judge(report: LagReport, limits: ClientLimits, surroundings: Surroundings): Verdict {
  const { stalledMs, typicalLagMs } = surroundings;
  const lagMs = report.unacknowledgedForMs - Math.max(stalledMs, typicalLagMs);
  const silentForMs = report.silentForMs - stalledMs;
  if (lagMs >= limits.stuckTimeoutMs) return closeStuck;
  if (report.bufferedBytes > limits.maxBufferedBytes) return closeBuffered;
  if (silentForMs >= 2 * limits.heartbeatIntervalMs) return cutOff;
  if (!report.isSlow && lagMs >= limits.slowConsumerTimeoutMs) return markSlow;
  // Not as soon as something is read at last, but when reading takes half of what is slow: else one bad link would be warned again
  // and again.
  const promptMs = limits.slowConsumerTimeoutMs / 2;
  const keepsUp = report.unacknowledgedForMs < promptMs && report.acknowledgedAfterMs < promptMs;
  if (report.isSlow && keepsUp) return markRecovered;
  if (silentForMs >= limits.heartbeatIntervalMs) return askForLife;
  return keep;
}

/** @param lags of all clients that are not slow, in ms; sorted in place. */
export function typicalLag(lags: number[]): number {
  if (lags.length < fewestClients) return 0;
  lags.sort((a, b) => a - b);
  return lags[lags.length >> 1]!;
}

/** Below this a median is the lag of one client or another, and says nothing of the server. */
const fewestClients = 3;
