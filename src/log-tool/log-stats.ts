/** What is in a log, for people. */
import { existsSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { LogReader } from '../log/log-reader.ts';
import { storedBatches } from './stored-events.ts';

export function logStats(database: DatabaseSync, reader: LogReader, path: string): string {
  const rows = reader.streams().map((row) => {
    const { batches, bytes } = database
      .prepare('SELECT count(*) AS batches, coalesce(sum(length(bytes)), 0) AS bytes FROM batches WHERE stream = ?')
      .get(row.id) as { batches: number; bytes: number };
    const first = storedBatches(reader, row).next().value?.batch;
    const last = storedBatches(reader, { ...row, firstVersion: lastBatchOf(database, row.id) }).next().value?.batch;
    return [
      row.stream,
      row.epoch,
      String(row.version - row.firstVersion),
      String(row.firstVersion + 1),
      isoOf(first?.time[0]),
      isoOf(last?.time.at(-1)),
      String(batches),
      megabytes(bytes),
      String(reader.checkpoints(row.id).length),
    ];
  });
  const header = ['stream', 'epoch', 'events', 'from seq', 'first time', 'last time', 'batches', 'MB', 'checkpoints'];
  const pragma = (name: string) => Number(Object.values(database.prepare(`PRAGMA ${name}`).get()!)[0]);
  const free = pragma('freelist_count') * pragma('page_size');
  const sizeOf = (file: string) => (existsSync(file) ? statSync(file).size : 0);
  return [
    table([header, ...rows]),
    '',
    `${path}: ${megabytes(sizeOf(path))} MB, of which ${megabytes(free)} MB free; not yet moved into it ${megabytes(sizeOf(`${path}-wal`))} MB`,
  ].join('\n');
}

function lastBatchOf(database: DatabaseSync, stream: number): number {
  const row = database.prepare('SELECT max(version) AS version FROM batches WHERE stream = ?').get(stream);
  return Number(row?.version ?? 0);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function isoOf(time: number | undefined): string {
  return time === undefined ? '' : new Date(time).toISOString();
}

export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
