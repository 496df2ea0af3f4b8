/** The statistics page in a real browser, dark and light: every stage of the way has been timed, and every kind of actor is counted. */
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isChromiumThere, startChromium } from '../support/chromium.ts';
import { projectRoot, ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

const stages = ['event_to_commit', 'commit', 'fold', 'tick_wait', 'snapshot', 'first_write', 'acknowledgement'];
const artefacts = join(projectRoot, 'artefacts');

describe.skipIf(!isChromiumThere)('the statistics page', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: ServerProcess;
  beforeAll(async () => {
    directory = await temporaryDirectory();
    server = await ServerProcess.started({ DATA_DIR: directory.path, WS_UPDATE_INTERVAL: '0.1' });
  });
  afterAll(async () => {
    await server.stop();
    await directory.dispose();
  });

  it.each(['dark', 'light'] as const)('shows stages and actors, %s, and can be read aloud', async (colorScheme) => {
    const client = await TestClient.subscribed(server.url, ['BTCUSDT', 'ETHUSDT']);
    await client.message(() => client.snapshots.length >= 10);
    const browser = await startChromium();
    const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 1300 } });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${server.origin}/stats`);
    for (const stage of stages) {
      const cells = page.locator(`#stages tr[data-stage="${stage}"] td`);
      await page.waitForFunction(
        (name) => document.querySelector(`#stages tr[data-stage="${name}"] .bar span`) !== null,
        stage,
      );
      const [, times, , p50, p99] = await cells.allTextContents();
      expect(Number(times!.replaceAll(',', '')), stage).toBeGreaterThan(0);
      for (const text of [p50, p99]) expect(text, stage).toMatch(/^(> )?[\d.,]+ (µs|ms|s)$/);
    }
    const actors = async (kind: string) =>
      Number(await page.locator(`#actors tr[data-kind="${kind}"] td`).nth(1).textContent());
    expect(await Promise.all(['symbol', 'supervisor', 'connection'].map(actors))).toEqual([2, 1, 1]);
    await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
    const { violations } = await page.evaluate(() =>
      (
        globalThis as unknown as { axe: { run(): Promise<{ violations: { impact: string; id: string }[] }> } }
      ).axe.run(),
    );
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    expect(complaints).toEqual([]);
    mkdirSync(artefacts, { recursive: true });
    await page.screenshot({ path: join(artefacts, `stats-${colorScheme}.png`) });
    client.socket.terminate();
  });
});
