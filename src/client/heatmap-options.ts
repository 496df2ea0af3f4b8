/** What the client library is told by the page that uses it, and tells it. */
import type { Token } from './bearer.ts';
import type { LiquidationsMessage, ScoreMessage, SnapshotMessage, WarningMessage } from './messages.ts';

export type Status = 'connecting' | 'connected' | 'slow' | 'disconnected' | 'failed';

export interface HeatmapWebSocketOptions {
  onSnapshot?: (message: SnapshotMessage) => void;
  /** Of symbols that were subscribed with the channel `liquidations`: each liquidation once. */
  onLiquidations?: (message: LiquidationsMessage) => void;
  /** Of symbols that were subscribed with the channel `score`. After a lost connection the newest come again, marked as recent. */
  onScore?: (message: ScoreMessage) => void;
  onStatusChange?: (status: Status) => void;
  /** What the server refused, and what came from it that was not understood. */
  onError?: (error: Error & { code?: string }) => void;
  onWarning?: (message: WarningMessage) => void;
  /** After so many failures in a row the status is `failed`; 5 unless given. */
  maxReconnectAttempts?: number;
  /** ms to the first reconnection; doubled with each failure; 2000 unless given. */
  reconnectDelay?: number;
  /** Seconds from one picture to the next; the server's own pace unless given. */
  updateInterval?: number;
  /** Credential, where the server asks for one. A function is asked again for each connection and before what it gave expires. */
  token?: Token;
}
