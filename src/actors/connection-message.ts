/** What a connection actor is told: by its socket and by the supervisor. */
import type { CloseReasonName } from '../protocol/close-reason.ts';
import type { ReplayEvent } from './client-replays.ts';
import type { Authenticated } from './client-requests.ts';
import type { Verdict } from './limits.ts';

export type ConnectionMessage =
  | ReplayEvent
  | Authenticated
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'binary' }
  | { readonly type: 'ping'; readonly payload: Uint8Array }
  | { readonly type: 'pong'; readonly payload: Uint8Array }
  | { readonly type: 'closed' }
  /** Writing a frame threw. */
  | { readonly type: 'failed'; readonly error: unknown }
  /** Asks for a lag report. */
  | { readonly type: 'inspect' }
  | { readonly type: 'verdict'; readonly verdict: Verdict }
  /** It has reconnected this often, and is warned. */
  | { readonly type: 'unstable'; readonly reconnects: number }
  | { readonly type: 'close'; readonly reason: CloseReasonName }
  /** The server ends: the client is told when to come back, and closed. */
  | { readonly type: 'go_away'; readonly reconnectAfterMs: number };
