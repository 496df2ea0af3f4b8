/** A directory of more than a gigabyte in the end, which must not stay whatever happens, not even at Ctrl-C. */
import { mkdtempSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Beside the project, so that it is the disk a log would be on and not a file system in memory. It goes when the process does. */
export function dataDirectory(): string {
  const directory = mkdtempSync(fileURLToPath(new URL('../../.bench-', import.meta.url)));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  return directory;
}
