/** A question about the past of one stream, as it is handed to a worker. */
import type { MessagePort } from 'node:worker_threads';
import type { VenueName } from '../market/venues.ts';

export interface HistoryJob {
  /** Where the log is. */
  readonly directory: string;
  readonly stream: string;
  readonly symbol: string;
  /** Whose book; `null`: all together. */
  readonly venue: VenueName | null;
  /** Events of the stream that count; what was appended since does not. */
  readonly version: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly intervalMs: number;
  /** Share of the price shown on either side of it. */
  readonly range: number;
  readonly levelsPerBin: number;
  /** A bit each leverage band. */
  readonly bands: number;
  readonly mode: 'snapshot' | 'delta';
  /** Answers larger than this are given up. */
  readonly maxBytes: number;
  /** What `meta` says beside what the worker finds out. */
  readonly meta: Readonly<Record<string, unknown>>;
  /** One Int32; 1: nobody wants the answer any more. */
  readonly cancelled: SharedArrayBuffer;
  /** Takes the answer piece by piece, in shared memory. */
  readonly port: MessagePort;
}

/** How it ended. Pieces have all been sent by then, though they may still be on their way. */
export type HistoryOutcome =
  | { readonly outcome: 'answered'; readonly pieces: number }
  /** Given up at `maxBytes`. */
  | { readonly outcome: 'too_large' };

export class HistoryTooLarge extends Error {
  override readonly name = 'HistoryTooLarge';
}
