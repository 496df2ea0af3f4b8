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

export interface WarningMessage {
  type: 'warning';
  code: string;
  message: string;
  dropped_messages?: number;
  expires_at?: string;
}
