/**
 * `npm run log -- verify | ledger | stats | export | import | compact`: the event log from the command line. All but `import` also work while a
 * server is writing it.
 *
 * Exit codes: 0 done and well, 1 damaged, refused, or not understood.
 */
import { renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { EventLogError } from './log/event-log.ts';
import { LogReader, type StreamRow } from './log/log-reader.ts';
import { isLedger, marketOf } from './log/score-ledger.ts';
import { databasePath, openToRead } from './log/sqlite-database.ts';
import { sqliteFailure } from './log/sqlite-failure.ts';
import { SqliteStore } from './log/sqlite-store.ts';
import { type EventFile, eventFileOf } from './log-tool/event-files.ts';
import { BadRow, rowOf } from './log-tool/event-table.ts';
import { importLog } from './log-tool/import-log.ts';
import { logStats, megabytes } from './log-tool/log-stats.ts';
import { progressOn } from './log-tool/progress.ts';
import { marketStreams, storedEvents } from './log-tool/stored-events.ts';
import { ledgerEntries } from './log-tool/verify-ledger.ts';
import { verifyLog } from './log-tool/verify-log.ts';

const usage = `npm run log -- COMMAND [--data-dir DIR]

  verify                     checks every event and checkpoint; exit code 1 when something is damaged
  ledger                     score ledgers, an entry a line: SHA-256, a space, the JSON that it is of   [--stream NAME]
  stats                      streams, events, times and sizes
  export --out FILE          all market events to FILE.parquet or FILE.csv   [--stream NAME]
  import --in FILE           events of such a file into a log that no server is writing
  compact                    gives free room back to the disk

DIR is DATA_DIR, or ./data unless set.`;

class UsageError extends Error {}

const compactTimeoutMs = 60_000;
const print = (text: string) => process.stdout.write(`${text}\n`);
const progress = (what: string) => progressOn(process.stderr, what);

const commands: Readonly<Record<string, (options: Options) => Promise<number> | number>> = {
  verify: ({ directory }) =>
    reading(directory, (reader, database) => {
      const found = verifyLog(database, reader, progress('events verified'));
      const { events, checkpoints, entries, predictions, damages, remarks } = found;
      for (const remark of remarks) print(`note: ${remark}`);
      for (const damage of damages) print(`damaged: ${damage}`);
      if (entries > 0) {
        const { folded, all } = predictions;
        print(`${entries} entries of score ledgers verified, ${folded} of ${all} predictions folded again`);
      }
      print(`${events} events and ${checkpoints} checkpoints verified, ${damages.length} damaged`);
      return damages.length === 0 ? 0 : 1;
    }),

  ledger: ({ directory, stream }) =>
    reading(directory, (reader) => {
      const rows = reader.streams().filter((row) => isLedger(row.stream));
      const ledgers = rows.filter((row) => stream === undefined || marketOf(row.stream) === stream);
      if (ledgers.length === 0) {
        throw new UsageError(`there is no score ledger${stream === undefined ? '' : ` of stream '${stream}'`}`);
      }
      for (const row of ledgers) for (const { record } of ledgerEntries(reader, row)) print(record);
      return 0;
    }),

  stats: ({ directory }) =>
    reading(directory, (reader, database) => {
      print(logStats(database, reader, databasePath(directory)));
      return 0;
    }),

  export: ({ directory, out, stream }) =>
    reading(directory, async (reader) => {
      const file = fileOf('--out', out);
      const there = marketStreams(reader);
      const streams = there.filter((row) => stream === undefined || row.stream === stream);
      if (streams.length === 0) throw new UsageError(noStream(stream, there));
      const total = streams.reduce((sum, { version, firstVersion }) => sum + version - firstVersion, 0);
      // Nobody takes half a file for a whole one.
      const partial = `${out}.partial`;
      try {
        await file.write(partial, exported(reader, streams, total));
        renameSync(partial, out!);
      } finally {
        rmSync(partial, { force: true });
      }
      print(`${total} events of ${streams.length} streams in ${out} (${megabytes(statSync(out!).size)} MB)`);
      return 0;
    }),

  import: async ({ directory, in: path }) => {
    const file = fileOf('--in', path);
    const store = new SqliteStore({
      directory,
      retention: { maxAgeMs: 0, maxBytes: 0 },
      historyCheckpointEvents: Number.POSITIVE_INFINITY,
    });
    try {
      for (const { stream, events } of await importLog(store, file, path!, progress('rows read'))) {
        print(`${stream}: ${events} events imported`);
      }
      return 0;
    } finally {
      store.close();
    }
  },

  compact: ({ directory }) => {
    const path = databasePath(directory);
    openToRead(path).close();
    const before = statSync(path).size;
    const database = new DatabaseSync(path, { timeout: compactTimeoutMs });
    try {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE); VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
    } catch (error) {
      throw sqliteFailure(error, path, 'write_failed');
    } finally {
      database.close();
    }
    print(`${path}: ${megabytes(before)} MB before, ${megabytes(statSync(path).size)} MB after`);
    return 0;
  },
};

interface Options {
  readonly directory: string;
  readonly out: string | undefined;
  readonly in: string | undefined;
  readonly stream: string | undefined;
}

async function reading<R>(directory: string, work: (reader: LogReader, database: DatabaseSync) => R | Promise<R>) {
  const path = databasePath(directory);
  const database = openToRead(path);
  try {
    return await work(new LogReader(database, path), database);
  } finally {
    database.close();
  }
}

function* exported(reader: LogReader, streams: readonly StreamRow[], total: number) {
  const told = progress('events exported');
  let done = 0;
  for (const row of streams) {
    for (const placed of storedEvents(reader, row)) {
      yield rowOf(placed);
      if (++done % 1000 === 0) told.at(done, total);
    }
  }
  told.end();
}

function fileOf(flag: string, path: string | undefined): EventFile {
  const file = path === undefined ? null : eventFileOf(path);
  if (file === null)
    throw new UsageError(`${flag} must name a file that ends in .parquet or .csv, not '${path ?? ''}'`);
  return file;
}

function noStream(stream: string | undefined, rows: readonly StreamRow[]): string {
  const there = rows.map((row) => row.stream).join(', ') || 'none';
  return stream === undefined ? 'the log is empty' : `there is no stream '${stream}'; there is: ${there}`;
}

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      'data-dir': { type: 'string', default: process.env.DATA_DIR || join('.', 'data') },
      out: { type: 'string' },
      in: { type: 'string' },
      stream: { type: 'string' },
    },
  });
  const [name = '', extra] = positionals;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined || extra !== undefined) throw new UsageError(`'${extra ?? name}' is not a command`);
  const { out, in: from, stream } = values;
  process.exitCode = await command({ directory: resolve(values['data-dir']), out, in: from, stream });
} catch (error) {
  const isUsage = error instanceof UsageError || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS');
  if (!(isUsage || error instanceof EventLogError || error instanceof BadRow || isFileError(error))) throw error;
  process.stderr.write(`${(error as Error).message}${isUsage ? `\n\n${usage}` : ''}\n`);
  process.exitCode = 1;
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
