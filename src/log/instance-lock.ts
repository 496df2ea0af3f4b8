/**
 * One writer a directory. The lock is that of SQLite on a file of its own, held in a transaction that never ends: the system lets go
 * of it when the process is gone, however it went. The log itself stays open to readers.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { databasePath } from './sqlite-database.ts';
import { sqliteFailure } from './sqlite-failure.ts';

export class InstanceLock {
  readonly #database: DatabaseSync;

  /** @throws {EventLogError} `in_use` when another process, or another part of this one, holds it. */
  constructor(directory: string) {
    const database = new DatabaseSync(join(directory, 'events.lock'), { timeout: 0 });
    try {
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    } catch (error) {
      database.close();
      throw sqliteFailure(error, databasePath(directory), 'directory_unusable');
    }
    this.#database = database;
  }

  release(): void {
    this.#database.close();
  }
}
