/** What is answered to a question about the past, before it is HTTP. */

export interface HistoryRefusal {
  readonly outcome: 'refused';
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

export type HistoryView =
  | HistoryRefusal
  | {
      readonly outcome: 'answer';
      /** Another answer has another one, on every server. */
      readonly etag: string;
      /** Whether the range that was asked for lies in the past altogether. */
      readonly isOver: boolean;
      /** The answer as it is made. @returns when it has begun; a refusal when it cannot. */
      read(): Promise<AsyncIterable<Uint8Array> | HistoryRefusal>;
    };
