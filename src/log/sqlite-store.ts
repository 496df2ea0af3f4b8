/**
 * The event log on disk as its one writer sees it: synchronous calls on one SQLite file, one row a batch. It lives on a thread of its
 * own.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { type AppendResult, type Checkpoint, EventLogError, type StreamInfo } from './event-log.ts';
import { InstanceLock } from './instance-lock.ts';
import { keptCheckpoints } from './kept-checkpoints.ts';
import { LogReader } from './log-reader.ts';
import { makeDirectory } from './make-directory.ts';
import { type CutPoint, cutByAge, cutPoints, type RetentionLimits } from './retention.ts';
import { databasePath, openToWrite } from './sqlite-database.ts';
import { sqliteFailure } from './sqlite-failure.ts';
import type { StoredBytes } from './stored-batches.ts';

export interface StoreOptions {
  readonly directory: string;
  readonly retention: RetentionLimits;
  /** Checkpoints kept for questions about the past are at least this many events apart. */
  readonly historyCheckpointEvents: number;
}

export interface AppendRequest {
  readonly stream: string;
  readonly expectedVersion: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

interface OpenStream {
  readonly id: number;
  readonly epoch: string;
  version: number;
}

/** Rows deleted in one transaction: some milliseconds for which appends wait. */
const rowsPerCut = 2000;

export class SqliteStore {
  readonly #options: StoreOptions;
  readonly #lock: InstanceLock;
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #reader: LogReader;
  readonly #streams = new Map<string, OpenStream>();
  readonly #insertBatch: StatementSync;
  /** Streams that have a checkpoint that no cut has looked at. */
  readonly #checkpointed = new Set<string>();

  /** @throws {EventLogError} `directory_unusable`, `not_a_database`, `in_use`, `schema_unknown` or `corrupt`. */
  constructor(options: StoreOptions) {
    const { directory } = options;
    this.#options = options;
    this.#path = databasePath(directory);
    try {
      makeDirectory(directory);
    } catch (error) {
      throw sqliteFailure(error, directory, 'directory_unusable');
    }
    this.#lock = lockOf(directory, this.#path);
    let database: DatabaseSync | undefined;
    try {
      database = openToWrite(this.#path);
      this.#database = database;
      this.#reader = new LogReader(database, this.#path);
      this.#insertBatch = database.prepare('INSERT INTO batches (stream, version, count, bytes) VALUES (?, ?, ?, ?)');
    } catch (error) {
      database?.close();
      this.#lock.release();
      throw sqliteFailure(error, this.#path, 'directory_unusable');
    }
  }

  /** All that are there, opened or not. */
  streams(): StreamInfo[] {
    return this.#reader.streams();
  }

  openStream(name: string, epochIfNew: string, versionIfEmpty = 0): StreamInfo {
    if (!this.#streams.has(name)) {
      this.#guard(() =>
        this.#database
          .prepare('INSERT INTO streams (name, epoch) VALUES (?, ?) ON CONFLICT DO NOTHING')
          .run(name, epochIfNew),
      );
      const { id, epoch, version } = this.#reader.stream(name);
      this.#streams.set(name, { id, epoch, version: version === 0 ? versionIfEmpty : version });
    }
    const { epoch, version } = this.#stream(name);
    const stored = this.#reader.stream(name);
    return { stream: name, epoch, version, firstVersion: stored.version === 0 ? version : stored.firstVersion };
  }

  /** All requests in one transaction, answered one by one; a conflict of one is no matter to the others. */
  appendMany(requests: readonly AppendRequest[]): AppendResult[] {
    const versions = new Map<OpenStream, number>();
    const results = this.#transact(() => requests.map((request) => this.#appendOne(request, versions)));
    for (const [stream, version] of versions) stream.version = version;
    return results;
  }

  readBatches(name: string, fromVersion: number, limit: number): StoredBytes[] {
    return this.#reader.readBatches(this.#stream(name).id, fromVersion, limit);
  }

  saveCheckpoint(name: string, { version, state }: Checkpoint): void {
    const { id } = this.#stream(name);
    this.#transact(() => {
      this.#database
        .prepare('INSERT OR REPLACE INTO checkpoints (stream, version, crc, state) VALUES (?, ?, ?, ?)')
        .run(id, version, crc32(state), state);
      const versions = this.#reader.checkpointVersions(id);
      const kept = new Set(keptCheckpoints(versions, this.#options.historyCheckpointEvents));
      const remove = this.#database.prepare('DELETE FROM checkpoints WHERE stream = ? AND version = ?');
      for (const each of versions) if (!kept.has(each)) remove.run(id, each);
    });
    this.#checkpointed.add(name);
  }

  loadCheckpoint(name: string, atMost: number): Checkpoint | null {
    return this.#reader.loadCheckpoint(this.#stream(name).id, atMost);
  }

  /** Deletes a little of what is beyond the limits. @returns whether there may be more. */
  cutBack(): boolean {
    const { retention } = this.#options;
    // Where nothing was checkpointed there is no new place to cut to.
    for (const name of this.#checkpointed) {
      const { id, firstVersion } = this.#reader.stream(name);
      const point = cutByAge(firstVersion, this.#reader.checkpoints(id), retention);
      if (point !== null) return this.#cut(id, point);
      this.#checkpointed.delete(name);
    }
    if (retention.maxBytes === 0 || this.#usedBytes() <= retention.maxBytes) return false;
    const candidates = this.#reader.streams().flatMap(({ id, firstVersion }) => {
      const points = cutPoints(firstVersion, this.#reader.checkpoints(id));
      return points.slice(0, 1).map((point) => ({ id, point }));
    });
    const oldest = candidates.sort((a, b) => a.point.time - b.point.time)[0];
    return oldest !== undefined && this.#cut(oldest.id, oldest.point);
  }

  close(): void {
    this.#database.close();
    this.#lock.release();
  }

  #appendOne(request: AppendRequest, versions: Map<OpenStream, number>): AppendResult {
    const { expectedVersion, count, bytes } = request;
    const stream = this.#stream(request.stream);
    const actualVersion = versions.get(stream) ?? stream.version;
    if (actualVersion !== expectedVersion) return { outcome: 'conflict', expectedVersion, actualVersion };
    const { lastInsertRowid } = this.#insertBatch.run(stream.id, expectedVersion, count, bytes);
    versions.set(stream, expectedVersion + count);
    return { outcome: 'appended', version: expectedVersion + count, position: Number(lastInsertRowid) };
  }

  /** The checkpoint goes last, so that what is there can be folded at every moment. */
  #cut(id: number, { version }: CutPoint): boolean {
    const { changes } = this.#transact(() => {
      const removed = this.#database
        .prepare(
          `DELETE FROM batches WHERE position IN
           (SELECT position FROM batches WHERE stream = ?1 AND version + count <= ?2 ORDER BY version LIMIT ?3)`,
        )
        .run(id, version, rowsPerCut);
      this.#database.prepare('DELETE FROM checkpoints WHERE stream = ? AND version < ?').run(id, version);
      return removed;
    });
    return Number(changes) > 0;
  }

  #usedBytes(): number {
    const pragma = (name: string) => Number(Object.values(this.#database.prepare(`PRAGMA ${name}`).get()!)[0]);
    return this.#guard(() => (pragma('page_count') - pragma('freelist_count')) * pragma('page_size'));
  }

  #stream(name: string): OpenStream {
    const stream = this.#streams.get(name);
    if (stream === undefined) throw new EventLogError('stream_unknown', `stream ${name} was not opened`);
    return stream;
  }

  #transact<R>(work: () => R): R {
    return this.#guard(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    });
  }

  #guard<R>(work: () => R): R {
    try {
      return work();
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw sqliteFailure(error, this.#path, 'write_failed');
    }
  }
}

function lockOf(directory: string, path: string): InstanceLock {
  try {
    return new InstanceLock(directory);
  } catch (error) {
    throw sqliteFailure(error, path, 'directory_unusable');
  }
}
