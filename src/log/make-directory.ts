/**
 * Makes a directory and the missing ones above it. One at a time: `mkdirSync` with `recursive` never returns where the file system
 * answers "not found" below a directory that is there, as /proc does.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

export function makeDirectory(directory: string): void {
  const missing: string[] = [];
  for (let path = directory; !existsSync(path); path = dirname(path)) missing.push(path);
  for (const path of missing.reverse()) mkdirSync(path);
}
