/**
 * Rows of the log as the events that they are, or an error: a row is a batch with the version it begins at, and the next one begins
 * where it ends. So a row that was lost, or whose numbers were damaged, is noticed and nothing is folded in its place.
 */
import { type EventBatch, sliceBatch } from '../market/event-batch.ts';
import { decodeBatch } from './batch-codec.ts';
import { EventLogError, type StoredBatch } from './event-log.ts';

export interface StoredBytes {
  /** Version of the stream before the first event. */
  readonly fromVersion: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** Decodes the rows of one stream in order, from any version on. */
export class BatchSequence {
  readonly #stream: string;
  #version: number;
  #hasBegun = false;

  constructor(stream: string, fromVersion: number) {
    this.#stream = stream;
    this.#version = fromVersion;
  }

  /** Version up to which events have come. */
  get version(): number {
    return this.#version;
  }

  /** @throws {EventLogError} `corrupt` when this is not the row that follows. */
  next({ fromVersion, count, bytes }: StoredBytes): StoredBatch {
    const skip = this.#version - fromVersion;
    // Only the first row may begin before what was asked for.
    if (skip < 0 || (this.#hasBegun && skip > 0) || skip >= count) throw this.#gap(fromVersion);
    const batch = decodeBatch(bytes);
    if (batch.count !== count) {
      throw this.#corrupt(`says that it holds ${count} events from ${fromVersion} on, and holds ${batch.count}`);
    }
    this.#hasBegun = true;
    const stored = { fromVersion: this.#version, batch: sliceFrom(batch, skip) };
    this.#version = fromVersion + count;
    return stored;
  }

  #gap(fromVersion: number): EventLogError {
    return this.#corrupt(`goes on with event ${fromVersion} where ${this.#version} should follow`);
  }

  #corrupt(what: string): EventLogError {
    return new EventLogError('corrupt', `stream ${this.#stream} is damaged: it ${what}. Restore the log from a copy.`);
  }
}

function sliceFrom(batch: EventBatch, skip: number): EventBatch {
  return skip === 0 ? batch : sliceBatch(batch, skip, batch.count);
}
