/** An event log that tells how long its appends take. */
import type { AppendResult, Checkpoint, EventLog, StoredBatch, StreamInfo } from './log/event-log.ts';
import type { EventBatch } from './market/event-batch.ts';

export class MeteredEventLog implements EventLog {
  readonly #log: EventLog;
  readonly #committed: (stream: string, ms: number) => void;

  constructor(log: EventLog, committed: (stream: string, ms: number) => void) {
    this.#log = log;
    this.#committed = committed;
  }

  async append(stream: string, expectedVersion: number, batch: EventBatch): Promise<AppendResult> {
    const startedAt = performance.now();
    const result = await this.#log.append(stream, expectedVersion, batch);
    this.#committed(stream, performance.now() - startedAt);
    return result;
  }

  openStream(stream: string, epochIfNew: string, versionIfEmpty?: number): Promise<StreamInfo> {
    return this.#log.openStream(stream, epochIfNew, versionIfEmpty);
  }

  read(stream: string, fromVersion: number): AsyncIterable<StoredBatch> {
    return this.#log.read(stream, fromVersion);
  }

  saveCheckpoint(stream: string, checkpoint: Checkpoint): Promise<void> {
    return this.#log.saveCheckpoint(stream, checkpoint);
  }

  loadCheckpoint(stream: string, atMost: number): Promise<Checkpoint | null> {
    return this.#log.loadCheckpoint(stream, atMost);
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}
