/**
 * The port of the event log: an append-only store of event batches, one stream per source and symbol, one writer a stream.
 *
 * What every adapter promises (held by `tests/support/event-log-acceptance.ts`):
 * an append is acknowledged only when it will survive a crash of the process; it is all or nothing; it is refused, as a value,
 * when `expectedVersion` is not the stream's version; reads give batches in order, without gap or duplicate.
 */
import type { EventBatch } from '../market/event-batch.ts';

/** A stream as the log knows it. `version` is the number of events it has taken; `epoch` names this life of the stream. */
export interface StreamInfo {
  readonly stream: string;
  readonly epoch: string;
  readonly version: number;
  /** Events before this one were cut off (`retention.ts`); 0: none. */
  readonly firstVersion: number;
}

export type AppendResult =
  /** `version` of the stream after the append; `position` log-wide, rising with every append. */
  | { readonly outcome: 'appended'; readonly version: number; readonly position: number }
  | { readonly outcome: 'conflict'; readonly expectedVersion: number; readonly actualVersion: number };

export interface StoredBatch {
  /** Version of the stream before the first event of the batch. */
  readonly fromVersion: number;
  readonly batch: EventBatch;
}

/** Folded state as bytes, after the first `version` events of the stream. */
export interface Checkpoint {
  readonly version: number;
  readonly state: Uint8Array;
}

export interface EventLog {
  /**
   * Makes the stream with this epoch if it is not there; answers the stream as it then is.
   *
   * @param versionIfEmpty where a stream begins that is the copy of one whose beginning was cut off; 0 unless given.
   */
  openStream(stream: string, epochIfNew: string, versionIfEmpty?: number): Promise<StreamInfo>;
  /** @throws {EventLogError} when the store cannot write. */
  append(stream: string, expectedVersion: number, batch: EventBatch): Promise<AppendResult>;
  /** Whole batches from the one that holds `fromVersion`, cut so that the first event read is number `fromVersion`. */
  read(stream: string, fromVersion: number): AsyncIterable<StoredBatch>;
  /** Keeps those that `keptCheckpoints` names. */
  saveCheckpoint(stream: string, checkpoint: Checkpoint): Promise<void>;
  /** The newest of at most this version; those that are damaged are left out. */
  loadCheckpoint(stream: string, atMost: number): Promise<Checkpoint | null>;
  /** Finishes what was begun and lets go of the store. Later calls throw `closed`. */
  close(): Promise<void>;
}

export type EventLogErrorCode =
  | 'closed'
  | 'corrupt'
  | 'directory_unusable'
  /** Someone else has become the stream's writer. */
  | 'fenced'
  | 'in_use'
  | 'not_a_database'
  | 'read_failed'
  | 'schema_unknown'
  | 'stream_unknown'
  | 'unreachable'
  | 'write_failed';

export class EventLogError extends Error {
  override readonly name = 'EventLogError';
  readonly code: EventLogErrorCode;
  constructor(code: EventLogErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
