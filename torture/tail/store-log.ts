/**
 * The store as an event log without a thread, so that it can be opened some hundred times a second. What it shows and the real adapter
 * does not is told apart by asking that one too.
 */
import { encodeBatch } from '../../src/log/batch-codec.ts';
import type { AppendResult, Checkpoint, EventLog, StoredBatch, StreamInfo } from '../../src/log/event-log.ts';
import { SqliteStore } from '../../src/log/sqlite-store.ts';
import { BatchSequence } from '../../src/log/stored-batches.ts';
import type { EventBatch } from '../../src/market/event-batch.ts';

const batchesPerPage = 32;
/** Nothing is ever cut off. */
const keepsAll = { retention: { maxAgeMs: 0, maxBytes: 0 }, historyCheckpointEvents: Number.POSITIVE_INFINITY };

export class StoreLog implements EventLog {
  readonly #store: SqliteStore;

  /** @throws {EventLogError} */
  constructor(directory: string) {
    this.#store = new SqliteStore({ directory, ...keepsAll });
  }

  async openStream(stream: string, epochIfNew: string): Promise<StreamInfo> {
    return this.#store.openStream(stream, epochIfNew);
  }

  async append(stream: string, expectedVersion: number, batch: EventBatch): Promise<AppendResult> {
    return (await this.appendTogether([{ stream, expectedVersion, batch }]))[0]!;
  }

  /** In one commit. */
  async appendTogether(
    appends: readonly { readonly stream: string; readonly expectedVersion: number; readonly batch: EventBatch }[],
  ): Promise<AppendResult[]> {
    return this.#store.appendMany(
      appends.map(({ stream, expectedVersion, batch }) => {
        return { stream, expectedVersion, count: batch.count, bytes: encodeBatch(batch) };
      }),
    );
  }

  async *read(stream: string, fromVersion: number): AsyncIterable<StoredBatch> {
    const sequence = new BatchSequence(stream, fromVersion);
    for (let at = fromVersion; ; ) {
      const page = this.#store.readBatches(stream, at, batchesPerPage);
      const last = page.at(-1);
      if (last === undefined) return;
      at = last.fromVersion + last.count;
      for (const stored of page) yield sequence.next(stored);
    }
  }

  async saveCheckpoint(stream: string, checkpoint: Checkpoint): Promise<void> {
    this.#store.saveCheckpoint(stream, checkpoint);
  }

  async loadCheckpoint(stream: string, atMost: number): Promise<Checkpoint | null> {
    return this.#store.loadCheckpoint(stream, atMost);
  }

  async close(): Promise<void> {
    this.#store.close();
  }
}
