/** What there is of the log's directory: room, size, growth, reports of crashes. Nothing is changed, and a server may be writing. */
import { existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { isCrashReport } from '../crash/crash-report-file.ts';
import { LogReader } from '../log/log-reader.ts';
import { databasePath, openToRead } from '../log/sqlite-database.ts';
import { marketStreams, storedEvents } from '../log-tool/stored-events.ts';
import type { DiskFacts } from './facts.ts';

const hourMs = 3_600_000;

export function gatherDisk(directory: string, now: number): DiskFacts | null {
  if (!existsSync(directory)) return null;
  const { bavail, bsize } = statfsSync(directory);
  const path = databasePath(directory);
  const logBytes = [path, `${path}-wal`].reduce(
    (sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
  const firstTime = firstTimeOf(path);
  const spanMs = firstTime === null ? 0 : now - firstTime;
  return {
    directory,
    freeBytes: bavail * bsize,
    logBytes,
    bytesPerDay: spanMs < hourMs ? null : (logBytes * 24 * hourMs) / spanMs,
    crashReports: readdirSync(directory).filter(isCrashReport).sort(),
  };
}

/** Exchange time of the log's first event in ms; null when there is none, or it cannot be read. */
function firstTimeOf(path: string): number | null {
  if (!existsSync(path)) return null;
  try {
    const database = openToRead(path);
    try {
      const reader = new LogReader(database, path);
      const times = marketStreams(reader).flatMap((row) => storedEvents(reader, row).next().value?.event.time ?? []);
      return times.length === 0 ? null : Math.min(...times);
    } finally {
      database.close();
    }
  } catch {
    // `npm run log -- verify` is for logs that cannot be read; here they only have no age.
    return null;
  }
}
