/** What can be asked of an event log's file, by whoever may only read it or also writes it. Synchronous: for threads of their own. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { symbolBookTimeOf } from '../market/symbol-book-codec.ts';
import { batchCount } from './batch-codec.ts';
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
        `SELECT place.version AS place, held.stream, held.version, held.count, held.bytes
         FROM batches AS place LEFT JOIN batches AS held ON held.position = place.position
         WHERE place.stream = ?1 AND place.version >=
           coalesce((SELECT max(version) FROM batches WHERE stream = ?1 AND version <= ?2), 0)
         ORDER BY place.version LIMIT ?3`,
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
      const row = this.#database
        .prepare(
          `SELECT held.id, held.name, held.epoch FROM streams AS place LEFT JOIN streams AS held ON held.id = place.id
           WHERE place.name = ?`,
        )
        .get(name);
      if (row === undefined) throw new EventLogError('stream_unknown', `there is no stream ${name} in ${this.#path}`);
      const { id, epoch } = row;
      if (row.name !== name || typeof id !== 'number' || typeof epoch !== 'string') throw this.#misplaced(name);
      const end = (order: 'ASC' | 'DESC') => {
        const held = this.#database
          .prepare(
            `SELECT place.version AS place, held.stream, held.version, held.count, held.bytes
             FROM (SELECT position, version FROM batches WHERE stream = ? ORDER BY version ${order} LIMIT 1) AS place
             LEFT JOIN batches AS held ON held.position = place.position`,
          )
          .get(id);
        return held === undefined ? undefined : this.#heldIn(held, id);
      };
      const last = end('DESC');
      // No later row tells whether this one's numbers are right, and the stream goes on where it ends.
      if (last !== undefined && batchCount(last.bytes) !== last.count) throw this.#misplaced(name);
      return {
        id,
        stream: name,
        epoch,
        firstVersion: end('ASC')?.fromVersion ?? 0,
        version: last === undefined ? 0 : last.fromVersion + last.count,
      };
    });
  }

  /** Up to `limit` rows from the one that holds event `fromVersion`. */
  readBatches(streamId: number, fromVersion: number, limit: number): StoredBytes[] {
    const rows = this.#guard(() => this.#selectBatches.all(streamId, fromVersion, limit));
    return rows
      .map((row) => this.#heldIn(row, streamId))
      .filter((stored) => stored.fromVersion + stored.count > fromVersion);
  }

  /** Ascending. Their times cost reading them. */
  checkpointVersions(streamId: number): number[] {
    const rows = this.#guard(() =>
      this.#database.prepare('SELECT version FROM checkpoints WHERE stream = ? ORDER BY version').all(streamId),
    );
    return rows.map(({ version }) => Number(version));
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
    return rows.map(({ version, head }) => ({ version: Number(version), time: symbolBookTimeOf(head as Uint8Array) }));
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
          .prepare(
            `SELECT held.stream, held.version, held.crc, held.state
             FROM checkpoints AS place LEFT JOIN checkpoints AS held ON held.rowid = place.rowid
             WHERE place.stream = ? AND place.version = ?`,
          )
          .get(streamId, Number(version)),
      );
      if (row?.stream !== streamId || row.version !== version || !(row.state instanceof Uint8Array)) continue;
      if (crc32(row.state) === row.crc) return { version: Number(version), state: row.state };
    }
    return null;
  }

  /**
   * An index says where a row is; the row says of which stream it is and at which version. SQLite does not compare them, so an index that
   * was damaged would hand out one row in the place of another.
   */
  #heldIn(row: Record<string, unknown>, streamId: number): StoredBytes {
    const { place, stream, version, count, bytes } = row;
    const isInPlace = stream === streamId && version === place;
    if (!isInPlace || typeof version !== 'number' || typeof count !== 'number' || !(bytes instanceof Uint8Array)) {
      throw this.#misplaced(`number ${streamId}`);
    }
    return { fromVersion: version, count, bytes };
  }

  #misplaced(stream: string): EventLogError {
    const what = 'a row is not where the index of the file says';
    return new EventLogError(
      'corrupt',
      `stream ${stream} in ${this.#path} is damaged: ${what}. Restore it from a copy.`,
    );
  }

  #guard<R>(read: () => R): R {
    try {
      return read();
    } catch (error) {
      throw sqliteFailure(error, this.#path, 'read_failed');
    }
  }
}
