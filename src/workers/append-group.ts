/** The appends of one turn as one question to the log's thread and one answer, in columns: a message is cheap only when it holds little. */
import type { BatchPage } from '../log/batch-page.ts';
import { type AppendResult, EventLogError, type EventLogErrorCode } from '../log/event-log.ts';
import type { AppendRequest } from '../log/sqlite-store.ts';
import type { EventBatch } from '../market/event-batch.ts';

export interface AppendGroup {
  readonly streams: readonly string[];
  /** Four an append: expected version, events, first byte, end. */
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface AppendAnswers {
  /** Two an append: version of the stream and position in the log; the position is NaN where the versions did not agree. */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** Those that could not be written. */
  readonly failures: readonly { readonly index: number; readonly code: EventLogErrorCode; readonly message: string }[];
}

interface Waiting {
  readonly expectedVersion: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: EventLogError) => void;
}

/** Appends that are asked for together. The page is theirs alone until `group` is called. */
export class PendingAppends {
  readonly #page: BatchPage;
  readonly #streams: string[] = [];
  readonly #numbers: number[] = [];
  readonly #waiting: Waiting[] = [];

  constructor(page: BatchPage) {
    this.#page = page;
  }

  get size(): number {
    return this.#waiting.length;
  }

  add(stream: string, expectedVersion: number, batch: EventBatch): Promise<AppendResult> {
    const { from, to } = this.#page.write(batch);
    this.#streams.push(stream);
    this.#numbers.push(expectedVersion, batch.count, from, to);
    return new Promise((resolve, reject) => this.#waiting.push({ expectedVersion, resolve, reject }));
  }

  /** Once. */
  group(): AppendGroup {
    return { streams: this.#streams, numbers: Float64Array.from(this.#numbers), bytes: this.#page.take() };
  }

  answered({ numbers, failures }: AppendAnswers): void {
    for (const { index, code, message } of failures) this.#waiting[index]!.reject(new EventLogError(code, message));
    // Those that were refused stay so.
    for (const [i, { expectedVersion, resolve }] of this.#waiting.entries()) {
      const [version, position] = [numbers[2 * i]!, numbers[2 * i + 1]!];
      if (Number.isNaN(position)) resolve({ outcome: 'conflict', expectedVersion, actualVersion: version });
      else resolve({ outcome: 'appended', version, position });
    }
  }

  failed(error: EventLogError): void {
    for (const { reject } of this.#waiting) reject(error);
  }
}

/** The bytes are those of the group. */
export function requestsOf({ streams, numbers, bytes }: AppendGroup): AppendRequest[] {
  return streams.map((stream, i) => ({
    stream,
    expectedVersion: numbers[4 * i]!,
    count: numbers[4 * i + 1]!,
    bytes: bytes.subarray(numbers[4 * i + 2]!, numbers[4 * i + 3]!),
  }));
}

export function answersOf(results: readonly (AppendResult | EventLogError)[]): AppendAnswers {
  const numbers = new Float64Array(2 * results.length);
  const failures = [];
  for (const [index, result] of results.entries()) {
    if (result instanceof EventLogError) failures.push({ index, code: result.code, message: result.message });
    else if (result.outcome === 'conflict') numbers.set([result.actualVersion, Number.NaN], 2 * index);
    else numbers.set([result.version, result.position], 2 * index);
  }
  return { numbers, failures };
}
