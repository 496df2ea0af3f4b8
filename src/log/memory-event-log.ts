/** An event log in memory: the plainest reading of the port, for tests and for trying things out. */
import { type EventBatch, sliceBatch } from '../market/event-batch.ts';
import { decodeBatch, encodeBatch } from './batch-codec.ts';
import {
  type AppendResult,
  type Checkpoint,
  checkpointsKept,
  type EventLog,
  EventLogError,
  type StoredBatch,
  type StreamInfo,
} from './event-log.ts';

interface Stream {
  readonly epoch: string;
  version: number;
  readonly batches: { readonly fromVersion: number; readonly bytes: Uint8Array }[];
  checkpoints: Checkpoint[];
}

/** What outlives one opening of the log; hand it to the next one to reopen it. */
export interface MemoryStore {
  readonly streams: Map<string, Stream>;
  position: number;
}

export function emptyMemoryStore(): MemoryStore {
  return { streams: new Map(), position: 0 };
}

export class MemoryEventLog implements EventLog {
  readonly #store: MemoryStore;
  #isClosed = false;

  constructor(store: MemoryStore = emptyMemoryStore()) {
    this.#store = store;
  }

  async openStream(stream: string, epochIfNew: string): Promise<StreamInfo> {
    this.#assertOpen();
    const { streams } = this.#store;
    if (!streams.has(stream)) streams.set(stream, { epoch: epochIfNew, version: 0, batches: [], checkpoints: [] });
    const { epoch, version } = streams.get(stream)!;
    return { stream, epoch, version };
  }

  async append(stream: string, expectedVersion: number, batch: EventBatch): Promise<AppendResult> {
    const state = this.#stream(stream);
    if (state.version !== expectedVersion) {
      return { outcome: 'conflict', expectedVersion, actualVersion: state.version };
    }
    state.batches.push({ fromVersion: expectedVersion, bytes: encodeBatch(batch) });
    state.version += batch.count;
    return { outcome: 'appended', version: state.version, position: ++this.#store.position };
  }

  async *read(stream: string, fromVersion: number): AsyncIterable<StoredBatch> {
    for (const stored of [...this.#stream(stream).batches]) {
      const cut = cutToVersion({ fromVersion: stored.fromVersion, batch: decodeBatch(stored.bytes) }, fromVersion);
      if (cut !== null) yield cut;
    }
  }

  async saveCheckpoint(stream: string, checkpoint: Checkpoint): Promise<void> {
    const state = this.#stream(stream);
    const kept = { version: checkpoint.version, state: checkpoint.state.slice() };
    const others = state.checkpoints.filter(({ version }) => version !== kept.version);
    state.checkpoints = [kept, ...others].sort((a, b) => b.version - a.version).slice(0, checkpointsKept);
  }

  async loadCheckpoints(stream: string): Promise<readonly Checkpoint[]> {
    return this.#stream(stream).checkpoints.map(({ version, state }) => ({ version, state: state.slice() }));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #stream(name: string): Stream {
    this.#assertOpen();
    const stream = this.#store.streams.get(name);
    if (stream === undefined) throw new EventLogError('stream_unknown', `stream ${name} was not opened`);
    return stream;
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new EventLogError('closed', 'the event log is closed');
  }
}

/** The part of a batch from `fromVersion` on; `null` when it lies before that. */
export function cutToVersion(stored: StoredBatch, fromVersion: number): StoredBatch | null {
  const { batch } = stored;
  const skip = fromVersion - stored.fromVersion;
  if (skip <= 0) return stored;
  return skip >= batch.count ? null : { fromVersion, batch: sliceBatch(batch, skip, batch.count) };
}
