/** Each example, run as its reader would. */
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isChromiumThere, startChromium } from '../support/chromium.ts';
import { available } from '../support/require-or-skip.ts';
import { projectRoot, ServerProcess, temporaryDirectory } from '../support/server-process.ts';

function isPythonThere(): boolean {
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import websockets'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function run(command: string, ...argv: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, argv, { cwd: projectRoot }, (error, out, err) =>
      error === null ? resolve(out) : reject(new Error(`${error.message}\n${err}`)),
    );
  });
}

describe('the examples', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: ServerProcess;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    server = await ServerProcess.started({
      DATA_DIR: directory.path,
      SIMULATED_HISTORY: '1',
      WS_UPDATE_INTERVAL: '1',
    });
  });
  afterAll(async () => {
    await server.stop();
    await directory.dispose();
  });

  it('in Node prints pictures and ends by itself', async () => {
    const lines = (await run(process.execPath, 'examples/node-client.mjs', server.url)).trim().split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/^(BTC|ETH)USDT seq \d+: [\d.]+, \d+ levels$/);
  });

  it('with curl says what there is', async () => {
    const out = await run('bash', 'examples/curl.sh', server.origin);
    expect(out).toContain('"service":"heatline"');
    expect(out).toContain('again: 304');
    expect(out).toContain('stream without one: 426');
  });

  describe.skipIf(!available('python3-websockets', isPythonThere()))('in Python', () => {
    it('follows deltas, every checksum right', async () => {
      const lines = (await run('/usr/bin/python3', 'examples/python_client.py', server.url, '4')).trim().split('\n');
      expect(lines).toHaveLength(4);
      expect(lines[0]).toMatch(/^snapshot \d+: \d+ levels, checksum right$/);
      expect(lines.slice(1).every((line) => line.startsWith('delta '))).toBe(true);
    });

    it('makes of the published vectors what they say', async () => {
      const script = `
import json, sys
sys.path.insert(0, 'examples')
from python_client import HeldPicture
for step in json.load(open('docs/delta-vectors.json'))['steps']:
    picture = HeldPicture()
    outcome = [picture.take(message) for message in step['messages']][-1]
    rows = None if picture.rows is None else [list(row) for row in picture.rows]
    assert (outcome, rows) == (step['outcome'], step['levels']), step['what']
print('all')`;
      expect(await run('/usr/bin/python3', '-c', script)).toBe('all\n');
    });
  });

  describe.skipIf(!isChromiumThere)('in a browser', () => {
    /** The project's files, with the server's address in place of the usual one. */
    const serve = () =>
      new Promise<{ origin: string; close(): void }>((resolve) => {
        const files = createServer((request, response) => {
          const path = normalize(new URL(request.url!, 'http://x').pathname);
          if (!/^\/(examples|node_modules)\//.test(path)) return void response.writeHead(404).end();
          const body = readFileSync(join(projectRoot, path));
          const isPage = path.endsWith('.html');
          response.setHeader('Content-Type', isPage ? 'text/html' : 'text/javascript');
          response.end(isPage ? body.toString().replaceAll('localhost:8000', `127.0.0.1:${server.port}`) : body);
        }).listen(0, '127.0.0.1', () => {
          const { port } = files.address() as { port: number };
          resolve({ origin: `http://127.0.0.1:${port}`, close: () => files.close() });
        });
      });

    it('shows the latest picture, and its status', async () => {
      const files = await serve();
      const page = await (await startChromium()).newPage();
      await page.goto(`${files.origin}/examples/browser.html`);
      await page.waitForFunction(() => document.getElementById('latest')!.textContent!.startsWith('BTCUSDT'));
      expect(await page.locator('#status').textContent()).toBe('connected');
      files.close();
    });

    it('draws the bars of the quickstart with Plotly', async () => {
      const files = await serve();
      const page = await (await startChromium()).newPage();
      await page.goto(`${files.origin}/examples/plotly.html`);
      await page.waitForFunction(() => document.querySelectorAll('#heatmap-chart .bars path').length > 20);
      const fills = await page.evaluate(() =>
        [...document.querySelectorAll('#heatmap-chart .bars path')].map((bar) => getComputedStyle(bar).fill),
      );
      expect(new Set(fills)).toEqual(new Set(['rgb(0, 128, 0)', 'rgb(255, 0, 0)']));
      files.close();
    });
  });
});
