/** Starting with something wrong, and stopping. */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settingNames } from '../../src/config/settings.ts';
import type { HealthView } from '../../src/protocol/http-view.ts';
import { projectRoot, ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeEach(async () => {
  directory = await temporaryDirectory();
});

afterEach(() => directory.dispose());

async function refused(settings: Record<string, string>, argv: readonly string[] = []): Promise<string> {
  const server = new ServerProcess({ DATA_DIR: directory.path, ...settings }, argv);
  expect(await server.exited).toEqual({ code: 1, signal: null });
  return server.errors;
}

describe('the server does not start, and says why in a line,', () => {
  it('with a setting out of range', async () => {
    expect(await refused({ WS_UPDATE_INTERVAL: '0.01' })).toBe(
      "WS_UPDATE_INTERVAL in the environment: '0.01' is not allowed; allowed: 0.05–60 s\n",
    );
  });

  it('with a setting that is misspelt', async () => {
    expect(await refused({ WS_MAX_CONECTIONS: '5' })).toBe(
      'WS_MAX_CONECTIONS in the environment is not a setting; did you mean WS_MAX_CONNECTIONS?\n',
    );
    expect(await refused({}, ['--prot', '9000'])).toBe('--prot is not a setting; did you mean --port? See --help\n');
  });

  it('on a port that is in use', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as { port: number };
    expect(await refused({ PORT: String(port) })).toContain(
      `PORT ${port} is already in use on 127.0.0.1; choose another with --port`,
    );
    holder.close();
  });

  it('in a directory that cannot be made', async () => {
    const file = join(directory.path, 'file');
    await writeFile(file, '');
    expect(await refused({ DATA_DIR: join(file, 'log') })).toMatch(/cannot|ENOTDIR/);
    expect(await refused({ DATA_DIR: '/proc/heatline' })).toMatch(/\/proc\/heatline.*choose another DATA_DIR/);
  });

  it('in a directory that cannot be written to', async () => {
    expect(await refused({ DATA_DIR: '/sys' })).toMatch(/\/sys.*choose another DATA_DIR/);
  });

  it('in a directory whose log is no database', async () => {
    await writeFile(join(directory.path, 'events.sqlite'), 'this is not a database, but somebody’s notes');
    expect(await refused({})).toMatch(/events\.sqlite.*not an event log: choose another DATA_DIR/);
  });

  it('in a directory that another instance holds', async () => {
    const holder = await ServerProcess.started({ DATA_DIR: directory.path });
    expect(await refused({})).toMatch(/another instance holds it/);
    expect(await holder.json('/health')).toMatchObject({ status: 'ok' });
    await holder.stop();
  });

  it('on a log whose events were damaged, rather than showing a wrong book', async () => {
    const before = await ServerProcess.started({ DATA_DIR: directory.path, SYMBOLS: 'BTCUSDT' });
    const client = await TestClient.subscribed(before.url, ['BTCUSDT']);
    await client.snapshot();
    await before.stop('SIGKILL');
    const database = new DatabaseSync(join(directory.path, 'events.sqlite'));
    database.exec("UPDATE batches SET bytes = CAST(substr(bytes, 1, 20) || x'ffff' || substr(bytes, 23) AS BLOB)");
    database.close();
    expect(await refused({ SYMBOLS: 'BTCUSDT' })).toMatch(/simulated-v\d+-1:BTCUSDT could not be read: .*checksum/);
  });

  it('with a recording that is not there; the error is in health, and the server stays up', async () => {
    const server = await ServerProcess.started({
      DATA_DIR: directory.path,
      SOURCE: 'recorded',
      RECORDED_FILES: 'BTCUSDT=/no/such/file.csv',
    });
    await server.line('feed_failed');
    expect(await server.json('/health')).toMatchObject({
      status: 'degraded',
      problems: [expect.stringContaining('/no/such/file.csv cannot be read')],
    });
    await server.stop();
  });
});

describe('the server', () => {
  it('lists every setting with --help, from the one schema', async () => {
    const server = new ServerProcess({}, ['--help']);
    expect(await server.exited).toEqual({ code: 0, signal: null });
    for (const name of settingNames) expect(server.output).toContain(name);
  });

  it('lets flags win over the environment', async () => {
    const server = await ServerProcess.started({ DATA_DIR: directory.path, SYMBOLS: 'ETHUSDT' }, [
      '--symbols',
      'SOLUSDT',
    ]);
    expect(Object.keys((await server.json<HealthView>('/health')).symbols)).toEqual(['SOLUSDT']);
    await server.stop();
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('says goodbye with 1001 and exits with 0 on %s', async (signal) => {
    const server = await ServerProcess.started({ DATA_DIR: directory.path });
    const client = await TestClient.subscribed(server.url, ['BTCUSDT']);
    await client.snapshot();
    expect(await server.stop(signal)).toEqual({ code: 0, signal: null });
    expect(await client.closed).toEqual({ code: 1001, reason: 'Server shutdown' });
  });

  it('started by npm ends with npm, and lets go of its log', async () => {
    const env = { ...process.env, PORT: '0', HOST: '127.0.0.1', SIMULATED_HISTORY: '0', DATA_DIR: directory.path };
    const npm = spawn('npm', ['start'], { cwd: projectRoot, env, stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    for await (const line of createInterface({ input: npm.stdout })) {
      output += line;
      if (line.includes('"event":"ready"')) npm.kill('SIGTERM');
    }
    // The pipe ends when the last process that holds it has ended: the server itself.
    expect(output).toContain('"event":"stopped"');
    const next = await ServerProcess.started({ DATA_DIR: directory.path });
    await next.stop();
  });

  it('cuts off clients that do not answer the goodbye, and is forced by a second signal', async () => {
    const settings = { DATA_DIR: directory.path, WS_CLOSE_TIMEOUT: '60', SHUTDOWN_TIMEOUT: '600' };
    const server = await ServerProcess.started(settings);
    const client = await TestClient.subscribed(server.url, ['BTCUSDT']);
    await client.snapshot();
    client.socket.pause();
    server.signal('SIGTERM');
    await server.line('stopping');
    expect(await fetch(`${server.origin}/health/ready`).then(({ status }) => status)).toBe(503);
    expect(await server.stop('SIGTERM')).toEqual({ code: 1, signal: null });
    client.socket.terminate();
  });

  it('says of each broadcast, at debug, what went to how many and how long it took', async () => {
    const server = await ServerProcess.started({ DATA_DIR: directory.path, LOG_LEVEL: 'debug', SYMBOLS: 'BTCUSDT' });
    const client = await TestClient.subscribed(server.url, ['BTCUSDT']);
    await client.snapshot();
    expect(await server.line('broadcast')).toMatchObject({
      symbol: 'BTCUSDT',
      seq: expect.any(Number),
      clients: expect.any(Number),
      bytes: expect.any(Number),
      ms: expect.any(Number),
    });
    await server.stop();
  });

  it('answers 503 with Retry-After when it is full, and 503 when sockets are switched off', async () => {
    const full = await ServerProcess.started({ DATA_DIR: directory.path, WS_MAX_CONNECTIONS: '1' });
    const client = await TestClient.connected(full.url);
    await expect(TestClient.connected(full.url)).rejects.toThrow('503');
    await client.close();
    await full.stop();
    const off = await ServerProcess.started({ DATA_DIR: directory.path, WS_ENABLED: 'false' });
    await expect(TestClient.connected(off.url)).rejects.toThrow('503');
    await off.stop();
  });
});
