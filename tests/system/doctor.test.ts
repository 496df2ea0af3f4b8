/** `npm run doctor` against servers that are well, gone, not ours, or crowded. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot, ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('the doctor', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => directory.dispose());

  const doctor = (...args: string[]) =>
    new Promise<Run>((resolve) => {
      const env = { PATH: process.env.PATH, DATA_DIR: directory.path };
      const options = { cwd: directory.path, env };
      execFile(process.execPath, [join(projectRoot, 'src/doctor.ts'), ...args], options, (error, out, err) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
      );
    });
  const codesOf = ({ out }: Run) => JSON.parse(out).findings.map(({ code }: { code: string }) => code);

  it('finds nothing wrong with a server that is well, and says so', async () => {
    const server = await ServerProcess.started({
      DATA_DIR: directory.path,
      WS_UPDATE_INTERVAL: '1',
      WS_MAX_CONNECTIONS: '50',
    });
    const run = await doctor('--url', server.origin);
    expect(run.out).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+: heatline [\d.]+, ok, source simulated, not a real market, \d of 50 connections\n/,
    );
    expect(run.out).not.toContain('WRONG');
    expect(run.out).toMatch(/Nothing is wrong\.\n$/);
    expect(run.code).toBe(0);
    await server.stop();
  });

  it('names what turns clients away, what a line of .env is not, and ends with 1', async () => {
    await writeFile(join(directory.path, '.env'), 'COLOUR=red\n');
    const server = await ServerProcess.started({ DATA_DIR: directory.path, WS_MAX_CONNECTIONS: '1' });
    const client = await TestClient.connected(server.url);
    const run = await doctor('--url', server.origin, '--json');
    expect(codesOf(run)).toEqual(['no_picture', 'full', 'refusals', 'no_setting']);
    expect(run.code).toBe(1);
    client.socket.terminate();
    await server.stop();
  });

  it('asks for a key where the server does, and shows it', async () => {
    const sha256 = createHash('sha256').update('k1').digest('hex');
    const keys = join(directory.path, 'keys.json');
    await writeFile(keys, JSON.stringify({ keys: [{ name: 'doctor', sha256 }] }));
    const server = await ServerProcess.started({ DATA_DIR: directory.path, ACCESS_KEYS_FILE: keys });
    const without = await doctor('--url', server.origin, '--json');
    expect([codesOf(without), without.code]).toEqual([['not_authenticated'], 1]);
    const shown = await doctor('--url', server.origin, '--token', 'k1', '--json');
    expect(codesOf(shown)).not.toContain('no_picture');
    expect(codesOf(shown)).not.toContain('not_authenticated');
    await server.stop();
  });

  it('tells a server that is not there from something else that answers', async () => {
    const other = createServer((_, response) => response.writeHead(404).end('no'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const wrongOne = await doctor('--url', url);
    other.close();
    const gone = await doctor('--url', url);
    expect(wrongOne.out).toContain('something else answers there (HTTP 404)');
    expect(gone.out).toContain('ECONNREFUSED');
    expect([wrongOne.code, gone.code]).toEqual([1, 1]);
  });

  it('says how it is asked when it was not understood', async () => {
    const run = await doctor('--url', 'localhost:8000');
    expect([run.code, run.err]).toEqual([1, expect.stringContaining('--url localhost:8000: give an address')]);
    expect((await doctor('--colour')).err).toContain('npm run doctor [-- OPTIONS]');
    expect((await doctor('--help')).code).toBe(0);
  });
});
