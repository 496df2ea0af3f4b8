/** The client library as a module with types, for those who build their pages: from `package.json`'s exports into an empty folder. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot, temporaryDirectory } from '../support/server-process.ts';

it('is built by a script, imported by its name in Node, and typed', { timeout: 60_000 }, async () => {
  const folder = await temporaryDirectory();
  const tsc = join(projectRoot, 'node_modules/.bin/tsc');
  const home = join(folder.path, 'node_modules/heatline');
  mkdirSync(home, { recursive: true });
  execFileSync(tsc, ['-p', join(projectRoot, 'src/client'), '--outDir', join(home, 'dist/client')]);
  cpSync(join(projectRoot, 'package.json'), join(home, 'package.json'));
  writeFileSync(join(folder.path, 'package.json'), '{"type":"module"}');
  const page = `import { HeatmapWebSocket } from 'heatline/client';
import type { SnapshotMessage } from 'heatline/client';
const shown: SnapshotMessage[] = [];
const client = new HeatmapWebSocket('ws://127.0.0.1:1/ws/heatmap', { onSnapshot: (message) => shown.push(message) });
client.subscribe(['BTCUSDT']);
const status: string = client.status;
process.stdout.write(status);
`;
  writeFileSync(join(folder.path, 'page.ts'), page);
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--lib',
    'es2022,dom',
    '--types',
    'node',
    '--typeRoots',
  ];
  execFileSync(tsc, [...options, join(projectRoot, 'node_modules/@types'), join(folder.path, 'page.ts')], {
    cwd: folder.path,
  });
  expect(execFileSync(process.execPath, [join(folder.path, 'page.ts')], { encoding: 'utf8' })).toBe('disconnected');
  expect(JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')).exports['./client']).toBeDefined();
  await folder.dispose();
});
