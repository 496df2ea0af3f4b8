/** An event log in memory: the plainest reading of the port, for tests and for trying things out. */
import type { EventBatch } from '../market/event-batch.ts';
import { encodeBatch } from './batch-codec.ts';
import {
  type AppendResult,
  type Checkpoint,
  type EventLog,
  EventLogError,
  type StoredBatch,
  type StreamInfo,
} from './event-log.ts';
import { keptCheckpoints } from './kept-checkpoints.ts';
import { BatchSequence, type StoredBytes } from './stored-batches.ts';

interface Stream {
  readonly epoch: string;
  version: number;
  readonly batches: StoredBytes[];
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

  async openStream(stream: string, epochIfNew: string, versionIfEmpty = 0): Promise<StreamInfo> {
    this.#assertOpen();
    const { streams } = this.#store;
    if (!streams.has(stream)) {
      streams.set(stream, { epoch: epochIfNew, version: versionIfEmpty, batches: [], checkpoints: [] });
    }
    const { epoch, version, batches } = streams.get(stream)!;
    return { stream, epoch, version, firstVersion: batches[0]?.fromVersion ?? version };
  }

  async append(stream: string, expectedVersion: number, batch: EventBatch): Promise<AppendResult> {
    const state = this.#stream(stream);
    if (state.version !== expectedVersion) {
      return { outcome: 'conflict', expectedVersion, actualVersion: state.version };
    }
    state.batches.push({ fromVersion: expectedVersion, count: batch.count, bytes: encodeBatch(batch) });
    state.version += batch.count;
    return { outcome: 'appended', version: state.version, position: ++this.#store.position };
  }

  async *read(stream: string, fromVersion: number): AsyncIterable<StoredBatch> {
    const sequence = new BatchSequence(stream, fromVersion);
    for (const stored of [...this.#stream(stream).batches]) {
      if (stored.fromVersion + stored.count > fromVersion) yield sequence.next(stored);
    }
  }

  async saveCheckpoint(stream: string, checkpoint: Checkpoint): Promise<void> {
    const state = this.#stream(stream);
    const kept = { version: checkpoint.version, state: checkpoint.state.slice() };
    const all = [kept, ...state.checkpoints.filter(({ version }) => version !== kept.version)];
    const versions = keptCheckpoints(
      all.map(({ version }) => version),
      Number.POSITIVE_INFINITY,
    );
    state.checkpoints = all.filter(({ version }) => versions.includes(version));
  }

  async loadCheckpoint(stream: string, atMost: number): Promise<Checkpoint | null> {
    const candidates = this.#stream(stream).checkpoints.filter(({ version }) => version <= atMost);
    const newest = candidates.sort((a, b) => b.version - a.version)[0];
    return newest === undefined ? null : { version: newest.version, state: newest.state.slice() };
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
