/** Crash reports as files of a directory: their names, which sort by time, and how many are kept. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A server that crashes at every start must not fill the disk with it. */
const keptReports = 20;
const pattern = /^crash-[\dTZ-]+\.txt$/;

export function isCrashReport(name: string): boolean {
  return pattern.test(name);
}

/** @returns its path; an error when it could not be written. */
export function writeCrashReport(directory: string, at: Date, text: string): string | Error {
  const path = join(directory, `crash-${at.toISOString().replaceAll(/[:.]/g, '-')}.txt`);
  try {
    writeFileSync(path, text);
    for (const old of readdirSync(directory).filter(isCrashReport).sort().slice(0, -keptReports)) {
      rmSync(join(directory, old));
    }
    return path;
  } catch (error) {
    return error as Error;
  }
}
