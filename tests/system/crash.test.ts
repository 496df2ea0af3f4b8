/** A server that crashes leaves one report that says all there is to know, and names it in its last line. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot, ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

describe('a server that crashes', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => directory.dispose());

  const preload = `--import=${join(projectRoot, 'tests/support/crash-on-signal.mjs')}`;
  const started = () =>
    ServerProcess.started({
      DATA_DIR: directory.path,
      NODE_OPTIONS: preload,
      REDIS_URL: 'redis://me:hunter2@localhost:6379',
      ADMIN_TOKEN: 'hunter2hunter2hunter2',
      WS_UPDATE_INTERVAL: '0.1',
    });
  const reports = () => readdirSync(directory.path).filter((name) => name.startsWith('crash-'));

  it('leaves one readable report, and its path in the last line', async () => {
    const server = await started();
    const client = await TestClient.subscribed(server.url, ['BTCUSDT']);
    await client.snapshot();
    expect(await server.stop('SIGUSR2')).toEqual({ code: 1, signal: null });
    const last = server.lines.at(-1)!;
    expect(last).toMatchObject({ event: 'uncaught_exception', level: 60 });
    const path = String(last.report);
    expect([dirname(path), reports()]).toEqual([directory.path, [path.slice(directory.path.length + 1)]]);
    const report = readFileSync(path, 'utf8');
    expect(report).toMatch(/^Heatline [\d.]+ crashed: uncaught_exception\nat {8}\d{4}-.*Z, after \d+ s\nNode {6}v\d+/);
    expect(report).toMatch(/Error: what was not thought of\n +at .*crash-on-signal/);
    expect(report).toContain('[cause]: TypeError: the root of it');
    expect(report).toMatch(/connection: \{ actors: 1,/);
    expect(report).toContain('"event":"ready"');
    expect(report).toContain(`"directory": "${directory.path}"`);
    expect(report).not.toContain('hunter2');
    expect(server.errors).toBe('what was not thought of: the root of it\n');
  });

  it('is not one that could not listen: its error says enough', async () => {
    const server = await started();
    const other = new ServerProcess({ DATA_DIR: join(directory.path, 'other'), PORT: String(server.port) });
    expect((await other.exited).code).toBe(1);
    expect(other.lines.at(-1)).toMatchObject({ event: 'listen_failed' });
    expect(other.lines.at(-1)).not.toHaveProperty('report');
    expect(readdirSync(join(directory.path, 'other')).filter((name) => name.startsWith('crash-'))).toEqual([]);
    await server.stop();
  });
});
