/** Told what a log or a metric may want to know of the server. */
import type { RefusalCause } from './upgrade-request.ts';

export interface ServerObserver {
  /** An upgrade was answered with `status` instead of a WebSocket. */
  refused(status: number, cause: RefusalCause, reason: string, remoteAddress: string): void;
  /** A request or an upgrade failed by a fault of this program; the client was told no details. */
  failed(path: string, error: unknown): void;
  /** The first of the sockets that had something to write in this turn has written it. */
  firstWritten?(): void;
  /** All of them have. */
  allWritten?(): void;
}
