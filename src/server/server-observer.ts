/** Told what a log or a metric may want to know of the server. */
export interface ServerObserver {
  /** An upgrade was answered with `status` instead of a WebSocket. */
  refused(status: number, reason: string, remoteAddress: string): void;
  /** A request or an upgrade failed by a fault of this program; the client was told no details. */
  failed(path: string, error: unknown): void;
}
