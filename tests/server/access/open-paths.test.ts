import { expect, it } from 'vitest';
import { neededScope } from '../../../src/server/access/open-paths.ts';
import { paths } from '../../../src/server/paths.ts';
import { siteFiles } from '../../../src/server/site.ts';

const dataPaths = { [paths.health]: 'status', [paths.stats]: 'status', [paths.metrics]: 'status' };

it('files of the site and the probes are open, and everything else that answers needs a credential', () => {
  for (const path of [...siteFiles().keys(), paths.live, paths.ready])
    expect([path, neededScope(path)]).toEqual([path, null]);
  for (const [path, scope] of Object.entries(dataPaths)) expect([path, neededScope(path)]).toEqual([path, scope]);
  expect(neededScope(paths.history)).toBe('history');
  expect(neededScope(paths.stream)).toBe('stream');
});

it('a path that nobody thought of is not open', () => {
  for (const path of ['', '/admin/tap', '/health/', '/health/live/x', '/HEALTH/LIVE', '//health/live', '*']) {
    expect([path, neededScope(path)]).toEqual([path, 'status']);
  }
});
