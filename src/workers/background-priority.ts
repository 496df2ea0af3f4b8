/**
 * Work that nobody waits for by the millisecond gives way to the threads that serve the live stream. Linux gives each thread a priority
 * of its own and tells it its number; elsewhere nothing is changed.
 */
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';

const niceness = 10;

export function lowerThreadPriority(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), niceness);
  } catch {
    // Not Linux, or not allowed: it runs like the others.
  }
}
