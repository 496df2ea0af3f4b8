/**
 * The event log's port on LMDB: one entry a batch, keyed by stream and version in one number, so that there is one tree to commit.
 *
 * A `put` resolves when its transaction is on disk: `overlappingSync`, which would resolve it earlier, is off. (Left on, with `flushed`
 * awaited, it was slower here.) Puts that wait together are one transaction. Only what the benchmark needs: one writer.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { batchCount, encodeBatch } from '../../src/log/batch-codec.ts';
import {
  type AppendResult,
  type Checkpoint,
  type EventLog,
  EventLogError,
  type StoredBatch,
  type StreamInfo,
} from '../../src/log/event-log.ts';
import { BatchSequence } from '../../src/log/stored-batches.ts';
import { type EventBatch, maxBatchEvents } from '../../src/market/event-batch.ts';
import { eventsPerStream } from './stream-keys.ts';

/** As much of the package as is used; it is not there to take its types from. */
interface LmdbDatabase {
  get(key: number | string): Uint8Array | undefined;
  put(key: number | string, value: Uint8Array): Promise<boolean>;
  getRange(range: {
    start: number;
    end: number;
    reverse?: boolean;
    limit?: number;
  }): Iterable<{ key: number; value: Uint8Array }>;
  close(): Promise<void>;
}

interface LmdbPackage {
  open(options: Readonly<Record<string, unknown>>): LmdbDatabase;
}

interface OpenStream {
  readonly firstKey: number;
  version: number;
}

const rivalsFolder = new URL('../rivals/', import.meta.url);

export class LmdbEventLog implements EventLog {
  readonly #database: LmdbDatabase;
  readonly #streams = new Map<string, OpenStream>();
  #position = 0;

  constructor(directory: string) {
    const lmdb: LmdbPackage = createRequire(rivalsFolder)('lmdb');
    const path = join(directory, 'events.lmdb');
    this.#database = lmdb.open({ path, encoding: 'binary', overlappingSync: false, noMemInit: true });
  }

  async openStream(stream: string, epochIfNew: string): Promise<StreamInfo> {
    const known = this.#readJson<{ id: number; epoch: string }>(`stream ${stream}`);
    const count = this.#readJson<number>('streams') ?? 0;
    const { id, epoch } = known ?? { id: count + 1, epoch: epochIfNew };
    if (known === undefined) {
      await Promise.all([this.#writeJson('streams', id), this.#writeJson(`stream ${stream}`, { id, epoch })]);
    }
    const firstKey = id * eventsPerStream;
    const newest = { start: firstKey + eventsPerStream - 1, end: firstKey - 1, reverse: true, limit: 1 };
    const [last] = this.#database.getRange(newest);
    const version = last === undefined ? 0 : last.key - firstKey + batchCount(last.value);
    this.#streams.set(stream, { firstKey, version });
    return { stream, epoch, version, firstVersion: 0 };
  }

  async append(stream: string, expectedVersion: number, batch: EventBatch): Promise<AppendResult> {
    const state = this.#stream(stream);
    if (state.version !== expectedVersion) {
      return { outcome: 'conflict', expectedVersion, actualVersion: state.version };
    }
    state.version += batch.count;
    await this.#database.put(state.firstKey + expectedVersion, encodeBatch(batch));
    return { outcome: 'appended', version: expectedVersion + batch.count, position: ++this.#position };
  }

  async *read(stream: string, fromVersion: number): AsyncIterable<StoredBatch> {
    const { firstKey } = this.#stream(stream);
    const start = firstKey + Math.max(fromVersion - maxBatchEvents + 1, 0);
    const sequence = new BatchSequence(stream, fromVersion);
    for (const { key, value } of this.#database.getRange({ start, end: firstKey + eventsPerStream })) {
      const at = key - firstKey;
      const count = batchCount(value);
      if (at + count > fromVersion) yield sequence.next({ fromVersion: at, count, bytes: value });
    }
  }

  async saveCheckpoint(stream: string, { version, state }: Checkpoint): Promise<void> {
    await this.#database.put(`checkpoint ${stream}`, state);
    await this.#writeJson(`checkpoint version ${stream}`, version);
  }

  async loadCheckpoint(stream: string, atMost: number): Promise<Checkpoint | null> {
    const version = this.#readJson<number>(`checkpoint version ${stream}`);
    if (version === undefined || version > atMost) return null;
    return { version, state: this.#database.get(`checkpoint ${stream}`)! };
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  #readJson<T>(key: string): T | undefined {
    const bytes = this.#database.get(key);
    return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString()) as T);
  }

  #writeJson(key: string, value: unknown): Promise<boolean> {
    return this.#database.put(key, Buffer.from(JSON.stringify(value)));
  }

  #stream(name: string): OpenStream {
    const stream = this.#streams.get(name);
    if (stream === undefined) throw new EventLogError('stream_unknown', `stream ${name} was not opened`);
    return stream;
  }
}
