/** The load scripts against the running server, by a runner that stands in for k6. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot, ServerProcess, temporaryDirectory } from '../support/server-process.ts';

interface Result {
  readonly users: number;
  readonly turns: number;
  readonly counts: Record<string, number>;
  readonly broken: string[];
}

describe('the load scripts', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: ServerProcess;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    server = await ServerProcess.started({ DATA_DIR: directory.path, WS_UPDATE_INTERVAL: '1' });
  });
  afterAll(async () => {
    await server.stop();
    await directory.dispose();
  });

  const run = (script: string) =>
    new Promise<Result>((resolve, reject) => {
      const env = { PATH: process.env.PATH, WS_URL: server.url, STAGES: 'short' };
      execFile(
        process.execPath,
        [join(projectRoot, 'tests/k6/run-script.ts'), join(projectRoot, script)],
        { env },
        (error, out, err) => (error === null ? resolve(JSON.parse(out)) : reject(new Error(err))),
      );
    });

  it.each([
    ['k6/connect.js', 100],
    ['k6/steady.js', 100],
    ['tests/load/ws_load_test.js', 100],
    ['k6/slow-consumers.js', 100],
    ['k6/storm.js', 200],
    ['k6/soak.js', 50],
  ])('%s runs, measures, and its thresholds hold', { timeout: 60_000 }, async (script, users) => {
    const { broken, counts, ...result } = await run(script);
    expect(broken).toEqual([]);
    expect(result.users).toBe(users);
    expect(counts.snapshots).toBeGreaterThan(users);
    expect(counts.connected).toBeGreaterThanOrEqual(users);
    expect(counts.errors).toBe(0);
  });

  it('tell when a threshold does not hold', async () => {
    const { port } = server;
    const gone = { PATH: process.env.PATH, WS_URL: `ws://127.0.0.1:${port}/nowhere`, STAGES: 'short' };
    const result = await new Promise<Result>((resolve, reject) => {
      execFile(
        process.execPath,
        [join(projectRoot, 'tests/k6/run-script.ts'), join(projectRoot, 'k6/storm.js')],
        { env: gone },
        (error, out, err) => (error === null ? resolve(JSON.parse(out)) : reject(new Error(err))),
      );
    });
    expect(result.broken).toEqual(['connected: 0 is not rate>0.99', 'first_snapshot: nothing was measured']);
  });
});
