/** The dashboard as a page among people: its status, its statistics, its keys, a phone. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChartView } from '../../public/dashboard/chart-view.ts';
import { DashboardStage, isStageThere, recordings, symbols } from '../support/dashboard-stage.ts';

declare const heatline: { view: ChartView };

describe.skipIf(!isStageThere)(`the dashboard as a page, with ${recordings}`, () => {
  let stage: DashboardStage;
  beforeAll(async () => {
    stage = await DashboardStage.begin();
  }, 60_000);
  afterAll(() => stage?.end());

  it('tells its status truly: disconnected when the server is gone, connected again when it is back', async () => {
    const page = await stage.opened();
    await page.waitForFunction(() => document.getElementById('ws-status')!.textContent === 'CONNECTED');
    await page.evaluate(() => {
      const seen: string[] = [];
      Object.assign(globalThis, { seen });
      const element = document.getElementById('ws-status')!;
      new MutationObserver(() => seen.push(element.className)).observe(element, { attributes: true });
    });
    const { port } = stage.server;
    await stage.server.stop('SIGKILL');
    await page.waitForFunction(() => document.getElementById('ws-status')!.className === 'status-disconnected');
    await stage.startServer(String(port));
    await page.waitForFunction(
      () => document.getElementById('ws-status')!.className === 'status-connected',
      undefined,
      {
        timeout: 50_000,
      },
    );
    expect(await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)).toEqual([
      'status-disconnected',
      'status-connecting',
      'status-connected',
    ]);
    expect(await page.locator('#ws-status').textContent()).toBe('CONNECTED');
    // The browser itself says that it lost the socket, and an answer that was under way.
    stage.complaints.splice(
      0,
      stage.complaints.length,
      ...stage.complaints.filter((text) => !/WebSocket|net::ERR_/.test(text)),
    );
    await page.context().close();
  });

  it('has a page of statistics beside it, with the numbers of both endpoints', async () => {
    const page = await stage.opened();
    const stats = await page.context().newPage();
    stage.listenTo(stats);
    await stats.goto(`${stage.server.origin}/stats`);
    const connections = stats.locator('dt:text-is("Connections") + dd');
    await stats.waitForFunction(() => document.querySelectorAll('#symbols tr').length === 2);
    expect(await connections.textContent()).toBe('1 of 1,000');
    const { symbols: states } = await stage.server.json<{ symbols: Record<string, { seq: number }> }>('/health');
    for (const symbol of symbols) {
      const row = stats.locator('#symbols tr', { hasText: symbol });
      expect(await row.textContent()).toContain(states[symbol]!.seq.toLocaleString('en-US'));
    }
    await stage.picture(stats, 'stats');
    await page.context().close();
  });

  it('is reached with keys, read aloud, and fits a phone', async () => {
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    for (const viewport of [
      { width: 1500, height: 900 },
      { width: 390, height: 844 },
    ]) {
      const page = await stage.opened(viewport);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() =>
        (
          globalThis as unknown as {
            axe: { run(): Promise<{ violations: { impact: string; id: string; nodes: { html: string }[] }[] }> };
          }
        ).axe.run(),
      );
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBeLessThanOrEqual(0);
      expect(await page.locator('#summary').textContent()).toMatch(/^BTCUSDT at [\d,.]+\. Strongest longs below: /);
      await stage.picture(page, `dashboard-${viewport.width}`);
      if (viewport.width > 1000) {
        const isAt = (share: number) =>
          page.waitForFunction((to) => {
            const { chart, columns } = heatline.view;
            return Math.abs(chart.timeScale().getVisibleLogicalRange()!.to - columns.length * to) < 2;
          }, share);
        await page.locator('#chart').focus();
        await isAt(1);
        await page.keyboard.press('+');
        await isAt(7 / 8);
        await page.keyboard.press('Home');
        await isAt(1);
      }
      await page.context().close();
    }
  });

  it('never had an error in its console', () => {
    expect(stage.complaints).toEqual([]);
  });
});
