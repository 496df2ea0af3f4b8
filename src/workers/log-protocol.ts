/**
 * What the log's thread is asked and what it answers: what is asked in one turn goes in one message, and so do its answers. Batches
 * travel as bytes, by transfer.
 */
import type { Checkpoint, EventLogErrorCode, StreamInfo } from '../log/event-log.ts';
import type { StoredBytes } from '../log/stored-batches.ts';
import type { AppendAnswers, AppendGroup } from './append-group.ts';

/** Each call's arguments and answer. */
export interface LogCalls {
  openStream: { arguments: { stream: string; epochIfNew: string; versionIfEmpty: number }; answer: StreamInfo };
  append: { arguments: AppendGroup; answer: AppendAnswers };
  readBatches: { arguments: { stream: string; fromVersion: number; limit: number }; answer: StoredBytes[] };
  saveCheckpoint: { arguments: { stream: string; checkpoint: Checkpoint }; answer: null };
  loadCheckpoint: { arguments: { stream: string; atMost: number }; answer: Checkpoint | null };
  close: { arguments: Record<string, never>; answer: null };
}

export type LogCall = keyof LogCalls;

export type LogRequest = {
  [C in LogCall]: { readonly id: number; readonly call: C; readonly arguments: LogCalls[C]['arguments'] };
}[LogCall];

export type LogAnswer =
  | { readonly id: number; readonly ok: true; readonly answer: unknown }
  | { readonly id: number; readonly ok: false; readonly code: EventLogErrorCode; readonly message: string };

/** Sent once, before any answer: whether the store could be opened. */
export type LogOpening =
  | { readonly opened: true }
  | { readonly opened: false; readonly code: EventLogErrorCode; readonly message: string };

/** Sent unasked. */
export interface LogNotice {
  /** Old events could not be deleted. */
  readonly cutBackFailed: string;
}
