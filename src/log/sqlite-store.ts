/**
 * The event log on disk, as synchronous calls: one SQLite file, one row a batch. It lives on a thread of its own.
 *
 * WAL with `synchronous=FULL`: a commit returns when it is on disk. The file is held exclusively; the lock ends with the process,
 * however it ends. What is there and is not ours is refused, never changed.
 */
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { maxBatchEvents } from '../market/event-batch.ts';
import { type AppendResult, type Checkpoint, checkpointsKept, EventLogError, type StreamInfo } from './event-log.ts';
import { makeDirectory } from './make-directory.ts';
import { sqliteFailure } from './sqlite-failure.ts';

const fileName = 'events.sqlite';
/** "HEAT", so that a file of another application is told from ours. */
const applicationId = 0x48454154;
const layoutVersion = 1;

export interface AppendRequest {
  readonly stream: string;
  readonly expectedVersion: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

export interface StoredBytes {
  readonly fromVersion: number;
  readonly bytes: Uint8Array;
}

interface OpenStream {
  readonly id: number;
  readonly epoch: string;
  version: number;
}

export class SqliteStore {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #streams = new Map<string, OpenStream>();
  readonly #insertBatch: StatementSync;
  readonly #selectBatches: StatementSync;

  /** @throws {EventLogError} `directory_unusable`, `not_a_database`, `in_use`, `schema_unknown` or `corrupt`. */
  constructor(directory: string) {
    this.#path = join(directory, fileName);
    try {
      makeDirectory(directory);
    } catch (error) {
      throw sqliteFailure(error, directory, 'directory_unusable');
    }
    try {
      this.#database = openDatabase(this.#path);
    } catch (error) {
      throw sqliteFailure(error, this.#path, 'directory_unusable');
    }
    this.#insertBatch = this.#database.prepare(
      'INSERT INTO batches (stream, version, count, bytes) VALUES (?, ?, ?, ?)',
    );
    this.#selectBatches = this.#database.prepare(
      'SELECT version, bytes FROM batches WHERE stream = ? AND version > ? AND version + count > ? ORDER BY version LIMIT ?',
    );
  }

  openStream(name: string, epochIfNew: string): StreamInfo {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = this.#guard(() => this.#loadOrMakeStream(name, epochIfNew));
      this.#streams.set(name, stream);
    }
    return { stream: name, epoch: stream.epoch, version: stream.version };
  }

  /** All requests in one transaction, answered one by one; a conflict of one is no matter to the others. */
  appendMany(requests: readonly AppendRequest[]): AppendResult[] {
    const versions = new Map<OpenStream, number>();
    const results = this.#guard(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      const answers = requests.map((request) => this.#appendOne(request, versions));
      this.#database.exec('COMMIT');
      return answers;
    });
    for (const [stream, version] of versions) stream.version = version;
    return results;
  }

  /** Up to `limit` whole batches from the one that holds `fromVersion`. */
  readBatches(name: string, fromVersion: number, limit: number): StoredBytes[] {
    const { id } = this.#stream(name);
    const rows = this.#guard(() => this.#selectBatches.all(id, fromVersion - maxBatchEvents, fromVersion, limit));
    return rows.map((row) => ({ fromVersion: Number(row.version), bytes: row.bytes as Uint8Array }));
  }

  saveCheckpoint(name: string, { version, state }: Checkpoint): void {
    const { id } = this.#stream(name);
    this.#guard(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      this.#database
        .prepare('INSERT OR REPLACE INTO checkpoints (stream, version, crc, state) VALUES (?, ?, ?, ?)')
        .run(id, version, crc32(state), state);
      this.#database
        .prepare(
          `DELETE FROM checkpoints WHERE stream = ?1 AND version NOT IN
           (SELECT version FROM checkpoints WHERE stream = ?1 ORDER BY version DESC LIMIT ?2)`,
        )
        .run(id, checkpointsKept);
      this.#database.exec('COMMIT');
    });
  }

  loadCheckpoints(name: string): Checkpoint[] {
    const { id } = this.#stream(name);
    const rows = this.#guard(() =>
      this.#database
        .prepare('SELECT version, crc, state FROM checkpoints WHERE stream = ? ORDER BY version DESC')
        .all(id),
    );
    return rows
      .map((row) => ({ version: Number(row.version), state: row.state as Uint8Array, crc: Number(row.crc) }))
      .filter(({ state, crc }) => crc32(state) === crc)
      .map(({ version, state }) => ({ version, state }));
  }

  close(): void {
    this.#database.close();
  }

  #loadOrMakeStream(name: string, epochIfNew: string): OpenStream {
    this.#database
      .prepare('INSERT INTO streams (name, epoch) VALUES (?, ?) ON CONFLICT DO NOTHING')
      .run(name, epochIfNew);
    const row = this.#database.prepare('SELECT id, epoch FROM streams WHERE name = ?').get(name)!;
    const last = this.#database
      .prepare('SELECT version + count AS version FROM batches WHERE stream = ? ORDER BY version DESC LIMIT 1')
      .get(row.id!);
    return { id: Number(row.id), epoch: String(row.epoch), version: Number(last?.version ?? 0) };
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

  #stream(name: string): OpenStream {
    const stream = this.#streams.get(name);
    if (stream === undefined) throw new EventLogError('stream_unknown', `stream ${name} was not opened`);
    return stream;
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

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    const pragma = (name: string) => Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
    const tables = Number(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()!.n);
    if (tables > 0 && pragma('application_id') !== applicationId) {
      throw new EventLogError(
        'not_a_database',
        `${path} is a database of another application; choose another DATA_DIR`,
      );
    }
    if (tables > 0 && pragma('user_version') !== layoutVersion) {
      throw new EventLogError(
        'schema_unknown',
        `${path} has layout ${pragma('user_version')}, this version reads ${layoutVersion}; use the version that wrote it`,
      );
    }
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    // A write takes the exclusive lock now, rather than at the first event.
    database.exec(`
      BEGIN IMMEDIATE;
      PRAGMA application_id = ${applicationId};
      PRAGMA user_version = ${layoutVersion};
      CREATE TABLE IF NOT EXISTS streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, epoch TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS batches (
        position INTEGER PRIMARY KEY, stream INTEGER NOT NULL REFERENCES streams (id),
        version INTEGER NOT NULL, count INTEGER NOT NULL, bytes BLOB NOT NULL, UNIQUE (stream, version)) STRICT;
      CREATE TABLE IF NOT EXISTS checkpoints (
        stream INTEGER NOT NULL REFERENCES streams (id), version INTEGER NOT NULL, crc INTEGER NOT NULL, state BLOB NOT NULL,
        PRIMARY KEY (stream, version)) STRICT;
      COMMIT`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
