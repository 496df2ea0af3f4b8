/** The log as it is, its rivals, and who cannot be on this machine and why. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SqliteEventLog } from '../../src/workers/sqlite-event-log.ts';
import { LmdbEventLog } from './lmdb-event-log.ts';
import { RowEventLog } from './row-event-log.ts';
import type { Store } from './store.ts';

export interface Missing {
  readonly name: string;
  readonly why: string;
}

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const rivalServer = pathOf('rival-server.ts');

export const ownStore: Store = {
  name: 'heatline',
  open: (directory) => SqliteEventLog.open({ directory, maxPending: 1024, onLost() {} }),
  server: [pathOf('../../src/main.ts')],
};

export const rivalStores = {
  lmdb: {
    name: 'LMDB, an entry a batch',
    open: async (directory) => new LmdbEventLog(directory),
    server: [rivalServer, 'lmdb'],
  },
  rows: {
    name: 'SQLite, a row an event',
    open: async (directory) => new RowEventLog(directory),
    server: [rivalServer, 'rows'],
  },
} as const satisfies Record<string, Store>;

export function stores(): { found: readonly Store[]; missing: readonly Missing[] } {
  if (existsSync(pathOf('../rivals/node_modules/lmdb'))) {
    return { found: [ownStore, rivalStores.lmdb, rivalStores.rows], missing: [] };
  }
  const why = 'not installed: npm ci --prefix bench/rivals';
  return { found: [ownStore, rivalStores.rows], missing: [{ name: rivalStores.lmdb.name, why }] };
}
