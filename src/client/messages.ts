/** What the server sends, as the client library reads it. */

export interface Level {
  price: number;
  long_density: number;
  short_density: number;
}

export interface PictureData {
  levels: Level[];
  current_price: number;
  positions_created: number;
  positions_consumed: number;
  /** Absent from servers that only send what the quickstart shows. */
  positions_created_total?: number;
  positions_consumed_total?: number;
}

export interface SnapshotMessage {
  type: 'snapshot';
  symbol: string;
  timestamp: string;
  data: PictureData;
  epoch?: string;
  seq?: number;
  market_time?: string;
  checksum?: number;
  /** There is newer data that the server cannot take in. */
  stale?: true;
}

export interface DeltaMessage extends Omit<SnapshotMessage, 'type' | 'data'> {
  type: 'delta';
  prev_seq: number;
  data: Omit<PictureData, 'levels'> & {
    scale: [number, number];
    rounding: string;
    levels: [number, number, number][];
  };
}

/** What may be asked for of a symbol; `heatmap` alone unless given. */
export type Channel = 'heatmap' | 'liquidations' | 'score';

export interface Liquidation {
  /** Place in the event stream: with the epoch a name that no other has. */
  seq: number;
  time: string;
  /** Absent where the source has no venues. */
  venue?: string;
  /** Of the position that was closed. */
  side: 'long' | 'short';
  /** USD. */
  price: number;
  /** Contracts in base units. */
  quantity: number;
  usd: number;
  /** Of a venue that tells only some of its liquidations sums are no totals. */
  completeness: 'complete' | 'sampled' | 'simulated';
}

export interface LiquidationsMessage {
  type: 'liquidations';
  symbol: string;
  timestamp: string;
  epoch: string;
  seq: number;
  prev_seq: number;
  /** They were before this client came. */
  recent?: true;
  /** Said by the client library: while there was no connection more came than the server still tells of. */
  gap?: true;
  /** Liquidations before these that the server did not send. */
  missed: number;
  data: Liquidation[];
}

/** Entries of the score ledger: predictions as they are frozen, and how they did. The server's `/asyncapi.json` describes them. */
export interface ScoreMessage {
  type: 'score';
  symbol: string;
  timestamp: string;
  /** Nothing of it was measured on a market. */
  simulated: boolean;
  /** They were before this client came. */
  recent?: true;
  /** Entries before these that the server did not send. */
  missed: number;
  data: {
    hash: string;
    entry: { kind: 'frozen' | 'scored' | 'unscored'; start: string; end: string; [field: string]: unknown };
  }[];
}

export interface WarningMessage {
  type: 'warning';
  code: string;
  message: string;
  dropped_messages?: number;
  expires_at?: string;
}

/** Those that the library knows, and any that a newer server may send. */
export type ServerMessage =
  | SnapshotMessage
  | DeltaMessage
  | LiquidationsMessage
  | ScoreMessage
  | WarningMessage
  | { type: string; [field: string]: unknown };
