/** The pages in a real browser, on a server that asks for a key. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChartView } from '../../public/dashboard/chart-view.ts';
import { isChromiumThere, startChromium } from '../support/chromium.ts';
import { sha256Of, writeKeys } from '../support/credentials.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

declare const heatline: { view: ChartView };

const key = 'key-of-whoever-looks-81b2';

describe.skipIf(!isChromiumThere)('the pages of a server that asks for a key', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: ServerProcess;

  beforeEach(async () => {
    directory = await temporaryDirectory();
    server = await ServerProcess.started({
      DATA_DIR: `${directory.path}/data`,
      ACCESS_KEYS_FILE: writeKeys(directory.path, [{ name: 'looker', sha256: sha256Of(key) }]),
      SIMULATED_HISTORY: '0.5',
      WS_UPDATE_INTERVAL: '0.2',
    });
  });
  afterEach(async () => {
    await server.stop('SIGKILL');
    await directory.dispose();
  });

  it('take it from behind the address, out of sight, and show everything', async () => {
    const page = await (await startChromium()).newPage();
    await page.goto(`${server.origin}/#access_token=${key}`);
    await page.waitForFunction(() => heatline.view.columns.length > 0);
    await page.waitForFunction(() => document.getElementById('ws-status')!.textContent === 'CONNECTED');
    expect(page.url()).toBe(`${server.origin}/`);
    await page.goto(`${server.origin}/stats`);
    await page.waitForFunction(() => document.querySelectorAll('#symbols tr').length === 2);
  });

  it('say what to do when there is none', async () => {
    const page = await (await startChromium()).newPage();
    await page.goto(server.origin);
    await page.waitForFunction(() =>
      document.getElementById('notice')!.textContent!.includes('asks for a key: open /#access_token=KEY'),
    );
    await page.goto(`${server.origin}/stats`);
    await page.waitForFunction(() =>
      document.getElementById('state')!.textContent!.includes('open /stats#access_token=KEY'),
    );
  });
});
