/**
 * The file of the event log: where it lies, how it is laid out, and opening it to write or only to read.
 *
 * WAL with `synchronous=FULL`: a commit returns when it is on disk, and whoever reads does not wait for whoever writes. What is there
 * and is not ours is refused, never changed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EventLogError } from './event-log.ts';
import { sqliteFailure } from './sqlite-failure.ts';

const fileName = 'events.sqlite';
/** "HEAT", so that a file of another application is told from ours. */
const applicationId = 0x48454154;
const layoutVersion = 1;
/** How long a statement waits for another process (`log -- compact`) that holds the file. */
const busyTimeoutMs = 2000;
/** The WAL is cut back to this after a commit that left it larger. */
const walBytes = 64 * 1024 * 1024;

const layout = `
  CREATE TABLE IF NOT EXISTS streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, epoch TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS batches (
    position INTEGER PRIMARY KEY, stream INTEGER NOT NULL REFERENCES streams (id),
    version INTEGER NOT NULL, count INTEGER NOT NULL, bytes BLOB NOT NULL, UNIQUE (stream, version)) STRICT;
  CREATE TABLE IF NOT EXISTS checkpoints (
    stream INTEGER NOT NULL REFERENCES streams (id), version INTEGER NOT NULL, crc INTEGER NOT NULL, state BLOB NOT NULL,
    PRIMARY KEY (stream, version)) STRICT;`;

export function databasePath(directory: string): string {
  return join(directory, fileName);
}

/** Makes the file if it is not there. @throws {EventLogError} */
export function openToWrite(path: string): DatabaseSync {
  return opened(path, { timeout: busyTimeoutMs }, (database, isNew) => {
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = ${walBytes}`);
    if (!isNew) return;
    database.exec(`
      BEGIN IMMEDIATE;
      PRAGMA application_id = ${applicationId};
      PRAGMA user_version = ${layoutVersion};
      ${layout}
      COMMIT`);
  });
}

/** Others may write meanwhile; nothing is changed. @throws {EventLogError} also when there is no log. */
export function openToRead(path: string): DatabaseSync {
  if (!existsSync(path)) throw new EventLogError('directory_unusable', `there is no event log at ${path}`);
  return opened(path, { timeout: busyTimeoutMs, readOnly: true }, (_, isNew) => {
    if (isNew) throw new EventLogError('not_a_database', `${path} is empty: it is not an event log`);
  });
}

function opened(
  path: string,
  options: { readonly timeout: number; readonly readOnly?: boolean },
  prepare: (database: DatabaseSync, isNew: boolean) => void,
): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, options);
    const isNew = assertOurs(database, path);
    prepare(database, isNew);
    return database;
  } catch (error) {
    database?.close();
    throw sqliteFailure(error, path, 'directory_unusable');
  }
}

/** @returns whether there is nothing in it yet. */
function assertOurs(database: DatabaseSync, path: string): boolean {
  const pragma = (name: string) => Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  const tables = Number(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()!.n);
  if (tables === 0) return true;
  if (pragma('application_id') !== applicationId) {
    throw new EventLogError('not_a_database', `${path} is a database of another application; choose another DATA_DIR`);
  }
  if (pragma('user_version') !== layoutVersion) {
    throw new EventLogError(
      'schema_unknown',
      `${path} has layout ${pragma('user_version')}, this version reads ${layoutVersion}; use the version that wrote it`,
    );
  }
  return false;
}
