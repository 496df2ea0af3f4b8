/** What one run of the benchmark is about: the events, who takes part, and where they write. */
import { join } from 'node:path';
import type { EventBatch } from '../../src/market/event-batch.ts';
import type { Store } from './store.ts';
import type { Missing } from './stores.ts';

export interface BenchCase {
  readonly market: readonly EventBatch[];
  /** This project's own log first. */
  readonly found: readonly Store[];
  readonly missing: readonly Missing[];
  readonly directory: string;
  readonly isQuick: boolean;
}

/** Where a store keeps the one symbol's events. */
export function logDirectory({ directory }: BenchCase, store: Store): string {
  return join(directory, store.name.replaceAll(/\W+/g, '-'));
}
