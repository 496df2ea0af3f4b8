/**
 * What the Dockerfile describes, run without Docker: a folder that holds what the image's would, the image's user where the test may
 * become it, and its commands.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { projectRoot, temporaryDirectory } from '../support/server-process.ts';
import { dockerfile, imageCommands, imageInstruction } from './deploy-files.ts';

const isRoot = process.getuid!() === 0;
const user = Number(imageInstruction('USER').split(':')[0]);
const identity = isRoot ? { uid: user, gid: user } : {};

/** The packages that `npm ci --omit=dev` would install, out of those that are here, without the folder that the image throws away. */
function copyPackages(app: string, thrownAway: string): void {
  const list = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  const filter = (path: string) => path !== join(projectRoot, thrownAway);
  for (const folder of list.trim().split('\n').slice(1)) {
    cpSync(folder, join(app, folder.slice(projectRoot.length)), { recursive: true, filter });
  }
}

describe('what the image holds', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let app: string;
  let data: string;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    chmodSync(directory.path, 0o755);
    app = join(directory.path, 'app');
    data = join(directory.path, 'data');
    mkdirSync(app);
    mkdirSync(data);
    if (isRoot) execFileSync('chown', [imageInstruction('USER'), data]);
    for (const { keyword, flags, argument } of dockerfile()) {
      const install = /^npm ci --omit=dev && rm -rf (\S+)$/.exec(argument);
      if (keyword === 'RUN' && install !== null) copyPackages(app, install[1]!);
      if (keyword === 'COPY' && flags.length === 0) {
        for (const name of argument.split(/\s+/).slice(0, -1)) {
          cpSync(join(projectRoot, name), join(app, name), { recursive: true });
        }
      }
    }
  });
  afterAll(() => directory.dispose());

  const inApp = (command: readonly string[]) => command.map((word) => word.replace(/^\/app\//, `${app}/`));

  function start(command: readonly string[], port: number) {
    const [program, ...argv] = inApp(command);
    const env = { DATA_DIR: data, PORT: String(port), SIMULATED_HISTORY: '0' };
    return spawn(program!, argv, { cwd: app, env, stdio: ['ignore', 'pipe', 'inherit'], ...identity });
  }

  const isHealthy = async (port: number) => {
    const [code] = await once(start(imageCommands().healthCheck, port), 'exit');
    return code === 0;
  };

  it('is enough: the server starts, is found ready by the health check, and ends with 0 on SIGTERM', async () => {
    const port = await freePort();
    expect(await isHealthy(port)).toBe(false);
    const server = start(imageCommands().server, port);
    for await (const line of createInterface({ input: server.stdout })) if (line.includes('"event":"ready"')) break;
    server.stdout.resume();
    expect(await isHealthy(port)).toBe(true);
    const page = await fetch(`http://127.0.0.1:${port}/`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
    expect(readdirSync(data)).toContain('events.sqlite');
  });

  it('is nothing that only developers need', () => {
    for (const name of ['vitest', 'typescript', 'yaml']) {
      expect(existsSync(join(projectRoot, 'node_modules', name)), name).toBe(true);
      expect(existsSync(join(app, 'node_modules', name)), name).toBe(false);
    }
    expect(existsSync(join(app, 'tests'))).toBe(false);
  });
});
