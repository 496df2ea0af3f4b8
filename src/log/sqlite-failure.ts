/** SQLite's and the file system's errors, by the names of the port, each with what to do about it. */
import { EventLogError, type EventLogErrorCode } from './event-log.ts';

type SqliteCode = Exclude<EventLogErrorCode, 'fenced' | 'unreachable'>;

/** Primary result codes (sqlite.org/rescode.html) that mean something else than "could not be written". */
const codes: Readonly<Record<number, SqliteCode>> = {
  5: 'in_use',
  6: 'in_use',
  8: 'directory_unusable',
  11: 'corrupt',
  14: 'directory_unusable',
  26: 'not_a_database',
};

const remedies: Readonly<Record<SqliteCode, string>> = {
  closed: 'the log was closed',
  corrupt: 'the file is damaged: restore it from a copy, or start with another DATA_DIR',
  directory_unusable: 'it must be a directory that this user can make and write to; choose another DATA_DIR',
  in_use: 'another instance holds it: stop that one, or choose another DATA_DIR',
  not_a_database: 'it is not an event log: choose another DATA_DIR',
  read_failed: 'see whether the disk works',
  schema_unknown: 'use the version of the server that wrote it',
  stream_unknown: 'open the stream first',
  write_failed: 'see whether the disk is full',
};

/** @param otherwise the name for errors that have none of their own. */
export function sqliteFailure(error: unknown, path: string, otherwise: SqliteCode): EventLogError {
  if (error instanceof EventLogError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const resultCode = 'errcode' in cause ? Number(cause.errcode) & 0xff : 0;
  const code = codes[resultCode] ?? otherwise;
  return new EventLogError(code, `event log ${path}: ${cause.message}; ${remedies[code]}`, { cause });
}
