/**
 * What is answered without a credential while access is limited: the probes, and the pages, scripts and documents, which are the same
 * for everybody and hold nothing of the market. Everything else needs one; what is not named here at all needs one too.
 */
import { paths } from '../paths.ts';
import type { AccessScope } from './grant.ts';

const open: ReadonlySet<string> = new Set([
  paths.live,
  paths.ready,
  paths.root,
  paths.statsPage,
  paths.accuracyPage,
  paths.docs,
  paths.openApi,
  paths.asyncApi,
  '/index.html',
  '/site.css',
  '/icon.svg',
]);
const openFolders = ['/js/', '/dashboard/', '/stats/', '/accuracy/', '/vendor/'];

const scopes: ReadonlyMap<string, AccessScope> = new Map([
  [paths.stream, 'stream'],
  [paths.history, 'history'],
]);

/** @returns the scope that a path needs; null: none. */
export function neededScope(path: string): AccessScope | null {
  if (open.has(path) || openFolders.some((folder) => path.startsWith(folder))) return null;
  return scopes.get(path) ?? 'status';
}
