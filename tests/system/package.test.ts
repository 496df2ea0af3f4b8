/** The package as somebody else installs it: packed, put into an empty folder, started there, and all its threads and pages work. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot, ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

const npm = (cwd: string, ...args: string[]) =>
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd, encoding: 'utf8' });

describe('the package', { timeout: 120_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let home: string;

  beforeAll(async () => {
    folder = await temporaryDirectory();
    home = join(folder.path, 'node_modules/heatline');
    npm(projectRoot, 'pack', '--pack-destination', folder.path);
    const tarball = readdirSync(folder.path).find((name) => name.endsWith('.tgz'))!;
    writeFileSync(join(folder.path, 'package.json'), '{"private":true,"type":"module"}');
    // Without scripts: the Node that would be fetched is the one that runs this already.
    npm(folder.path, 'install', '--prefer-offline', '--ignore-scripts', `./${tarball}`);
  }, 120_000);
  afterAll(() => folder.dispose());

  it('holds what it needs and nothing else, and no TypeScript that Node would have to run', () => {
    expect(readdirSync(home).sort()).toEqual(
      [
        'CHANGELOG.md',
        'LICENSE',
        'NOTICE',
        'README.md',
        'bin',
        'deploy',
        'dist',
        'docs',
        'package.json',
        'public',
      ].sort(),
    );
    const files = readdirSync(join(home, 'dist'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual([]);
    expect(existsSync(join(folder.path, 'node_modules/.bin/heatline'))).toBe(true);
    expect(existsSync(join(folder.path, 'node_modules/vitest'))).toBe(false);
  });

  it('runs: pictures, the past and a replay by its threads, pages and client library, and a clean stop', async () => {
    const program = { file: join(home, 'bin/heatline.js'), cwd: folder.path };
    const settings = { WS_THREADS: '2', WS_UPDATE_INTERVAL: '0.2', SIMULATED_HISTORY: '1' };
    const server = new ServerProcess(settings, ['--data-dir', './elsewhere'], program);
    await server.line('ready');
    const client = await TestClient.subscribed(server.url, ['BTCUSDT']);
    expect(await client.snapshot()).toMatchObject({ type: 'snapshot', symbol: 'BTCUSDT' });
    client.send({ action: 'replay', symbol: 'BTCUSDT', from: 0, to: 100, speed: 0 });
    await client.message((message) => message.type === 'replay' && message.state === 'ended');
    for (const path of ['/', '/dashboard/main.ts', '/js/websocket-client.js', '/stats', '/docs', '/metrics']) {
      const response = await fetch(server.origin + path);
      expect([path, response.status]).toEqual([path, 200]);
      await response.text();
    }
    const library = await (await fetch(`${server.origin}/js/websocket-client.js`)).text();
    expect(library).toContain('globalThis.HeatmapWebSocket = HeatmapWebSocket');
    expect(library).not.toMatch(/^(import|export) /m);
    const past = await fetch(`${server.origin}/liquidations/heatmap-timeseries?symbol=BTCUSDT&interval=15m`);
    expect([past.status, ((await past.json()) as { data: unknown[] }).data.length > 0]).toEqual([200, true]);
    expect(existsSync(join(folder.path, 'elsewhere/events.sqlite'))).toBe(true);
    client.socket.terminate();
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });

  it('brings its tools along, and its client library by name', () => {
    const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: folder.path, encoding: 'utf8' });
    const bin = join(home, 'bin/heatline.js');
    const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
    expect(run(bin, '--version')).toBe(`heatline ${version}\n`);
    expect(run(bin, 'doctor', '--help')).toContain('--url URL');
    expect(run(bin, 'log', 'stats', '--data-dir', './elsewhere')).toContain(':BTCUSDT');
    writeFileSync(
      join(folder.path, 'client.js'),
      "import { HeatmapWebSocket } from 'heatline/client'; process.stdout.write(typeof HeatmapWebSocket);",
    );
    expect(run('client.js')).toBe('function');
  });
});
