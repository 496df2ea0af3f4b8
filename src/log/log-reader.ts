/** What can be asked of an event log's file, by whoever may only read it or also writes it. Synchronous: for threads of their own. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { bookTimeOf } from '../market/book-codec.ts';
import { maxBatchEvents } from '../market/event-batch.ts';
import { type Checkpoint, EventLogError, type StreamInfo } from './event-log.ts';
import { sqliteFailure } from './sqlite-failure.ts';
import type { StoredBytes } from './stored-batches.ts';

export interface StreamRow extends StreamInfo {
  readonly id: number;
}

export interface CheckpointInfo {
  readonly version: number;
  /** Exchange time up to which it was folded, in ms; null: of another version of this program. */
  readonly time: number | null;
}

/** As much of a state as tells its time. */
const stateHeadBytes = 24;

export class LogReader {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #selectBatches: StatementSync;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    this.#selectBatches = this.#guard(() =>
      database.prepare(
        'SELECT version, count, bytes FROM batches WHERE stream = ? AND version > ? AND version + count > ? ORDER BY version LIMIT ?',
      ),
    );
  }

  streams(): StreamRow[] {
    const rows = this.#guard(() => this.#database.prepare('SELECT name FROM streams ORDER BY id').all());
    return rows.map(({ name }) => this.stream(String(name)));
  }

  /** @throws {EventLogError} `stream_unknown` when there is none of this name. */
  stream(name: string): StreamRow {
    return this.#guard(() => {
      const row = this.#database.prepare('SELECT id, epoch FROM streams WHERE name = ?').get(name);
      if (row === undefined) throw new EventLogError('stream_unknown', `there is no stream ${name} in ${this.#path}`);
      const end = (order: 'ASC' | 'DESC') =>
        this.#database
          .prepare(`SELECT version, count FROM batches WHERE stream = ? ORDER BY version ${order} LIMIT 1`)
          .get(row.id!);
      const last = end('DESC');
      return {
        id: Number(row.id),
        stream: name,
        epoch: String(row.epoch),
        firstVersion: Number(end('ASC')?.version ?? 0),
        version: last === undefined ? 0 : Number(last.version) + Number(last.count),
      };
    });
  }

  /** Up to `limit` rows from the one that holds event `fromVersion`. */
  readBatches(streamId: number, fromVersion: number, limit: number): StoredBytes[] {
    const rows = this.#guard(() => this.#selectBatches.all(streamId, fromVersion - maxBatchEvents, fromVersion, limit));
    return rows.map(({ version, count, bytes }) => ({
      fromVersion: Number(version),
      count: Number(count),
      bytes: bytes as Uint8Array,
    }));
  }

  /** Ascending by version. */
  checkpoints(streamId: number): CheckpointInfo[] {
    const rows = this.#guard(() =>
      this.#database
        .prepare(
          `SELECT version, substr(state, 1, ${stateHeadBytes}) AS head FROM checkpoints WHERE stream = ? ORDER BY version`,
        )
        .all(streamId),
    );
    return rows.map(({ version, head }) => ({ version: Number(version), time: bookTimeOf(head as Uint8Array) }));
  }

  /** The newest undamaged one of at most this version. */
  loadCheckpoint(streamId: number, atMost: number): Checkpoint | null {
    const rows = this.#guard(() =>
      this.#database
        .prepare('SELECT version FROM checkpoints WHERE stream = ? AND version <= ? ORDER BY version DESC')
        .all(streamId, atMost),
    );
    for (const { version } of rows) {
      const row = this.#guard(() =>
        this.#database
          .prepare('SELECT crc, state FROM checkpoints WHERE stream = ? AND version = ?')
          .get(streamId, Number(version)),
      );
      const state = row?.state as Uint8Array | undefined;
      if (state !== undefined && crc32(state) === Number(row!.crc)) return { version: Number(version), state };
    }
    return null;
  }

  #guard<R>(read: () => R): R {
    try {
      return read();
    } catch (error) {
      throw sqliteFailure(error, this.#path, 'read_failed');
    }
  }
}
