/**
 * A page made of the requirement document's own samples, in a real browser, on a link that stands still, is lost, and is refused: its
 * status is true all along, and its chart goes on.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startChromium } from '../support/chromium.ts';
import { isStageThere, recordedFiles } from '../support/dashboard-stage.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { at, isQuickstartThere, samples } from '../support/quickstart.ts';
import { available } from '../support/require-or-skip.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

const isPageThere = isStageThere && available('../shared/quickstart.md', isQuickstartThere);

declare const seen: { statuses: string[]; pictures: number };

/** All samples as they are written, but for the address and a shorter wait before a reconnection. */
function pageOf(port: number): string {
  const [library] = samples('2.', 'html');
  const [chart] = samples('6.', 'javascript');
  const [indicator] = samples('6.', 'html');
  const hurried = at(library!, port).replace("/ws/heatmap', {", "/ws/heatmap', { reconnectDelay: 50,");
  return `<!doctype html><meta charset="utf-8"><script src="/plotly.js"></script>
    ${indicator}<div id="heatmap-chart"></div><div id="status"></div>
    <script>
      const seen = { statuses: [], pictures: 0 };
      new MutationObserver(() => seen.statuses.push(document.getElementById('status').textContent))
        .observe(document.getElementById('status'), { childList: true });
      function showNotification() {}
      ${chart}
      const draw = updateHeatmapChart;
      updateHeatmapChart = (data) => { seen.pictures++; draw(data); };
    </script>${hurried}`;
}

describe.skipIf(!isPageThere)("a page of the document's samples", () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: ServerProcess;
  let proxy: FaultProxy;
  let port: number;

  const start = () =>
    ServerProcess.started({
      DATA_DIR: directory.path,
      SOURCE: 'recorded',
      RECORDED_FILES: recordedFiles,
      RECORDED_SPEED: '600',
      WS_UPDATE_INTERVAL: '0.1',
      WS_SLOW_CONSUMER_TIMEOUT: '0.2',
    });

  beforeEach(async () => {
    directory = await temporaryDirectory();
    server = await start();
    proxy = new FaultProxy('a good link', () => server.port);
    proxy.isFaulty = false;
    port = await proxy.listen();
  });
  afterEach(async () => {
    await proxy.close();
    await server.stop('SIGKILL');
    await directory.dispose();
  });

  const becomes = (page: Page, status: string) =>
    page.waitForFunction((wanted) => document.getElementById('status')!.textContent === wanted, status);

  it('loads, connects, draws; connected, slow, connected, disconnected, connected, failed', {
    timeout: 60_000,
  }, async () => {
    const page = await (await startChromium()).newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    const plotly = readFileSync(createRequire(import.meta.url).resolve('plotly.js-dist-min'), 'utf8');
    proxy.pages.set('/plotly.js', { type: 'text/javascript', body: plotly });
    proxy.pages.set('/page', { type: 'text/html', body: pageOf(port) });
    await page.goto(`http://127.0.0.1:${port}/page`);
    await becomes(page, 'connected');
    await page.waitForFunction(() => document.querySelectorAll('#heatmap-chart .bars path').length > 20);

    proxy.stall(true);
    while ((await server.json<{ slow_consumers: number }>('/ws/stats')).slow_consumers === 0);
    proxy.stall(false);
    await page.waitForFunction(() => seen.statuses.includes('slow'));
    await becomes(page, 'connected');

    await server.stop('SIGKILL');
    await becomes(page, 'disconnected');
    server = await start();
    await page.waitForFunction(() => seen.statuses.at(-1) === 'connected' && seen.statuses.includes('disconnected'));

    proxy.isBlocked = true;
    proxy.cut();
    await becomes(page, 'failed');
    const drawn = await page.evaluate(() => seen.pictures);
    // The socket is refused; what comes now was asked for over HTTP.
    await page.waitForFunction((before) => seen.pictures > before, drawn);
    const statuses = await page.evaluate(() => seen.statuses);
    const turns = statuses.filter((status) => status !== 'connecting');
    const whileAway = turns.slice(4, -1).filter((status) => status !== 'disconnected');
    expect(turns.slice(0, 4)).toEqual(['connected', 'slow', 'connected', 'disconnected']);
    expect([...whileAway, turns.at(-1)]).toEqual(['connected', 'failed']);
    expect(await page.locator('#status').getAttribute('class')).toBe('status-failed');
    expect(errors).toEqual([]);
  });
});
