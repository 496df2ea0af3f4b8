/** The accuracy page in a real browser, dark and light: what it shows of a market of two days is what the JSON says. */
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accuracySchema } from '../../src/protocol/accuracy-view.ts';
import { isChromiumThere, startChromium } from '../support/chromium.ts';
import { projectRoot, ServerProcess, temporaryDirectory } from '../support/server-process.ts';

const artefacts = join(projectRoot, 'artefacts');

describe.skipIf(!isChromiumThere)('the accuracy page', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: ServerProcess;
  const viewOf = async (query = '') => accuracySchema.parse(await server.json(`/accuracy.json${query}`));

  beforeAll(async () => {
    directory = await temporaryDirectory();
    server = await ServerProcess.started({
      DATA_DIR: directory.path,
      SYMBOLS: 'BTCUSDT',
      SIMULATED_HISTORY: '50',
      SCORE_DAYS: '2',
    });
    const isBehind = async () => {
      const { symbols } = await server.json<{ symbols: Record<string, { market_time: string }> }>('/health');
      // Not a number before the first event.
      return !(Date.parse(symbols.BTCUSDT!.market_time) > Date.now() - 60_000);
    };
    while (await isBehind());
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await directory.dispose();
  });

  it.each(['dark', 'light'] as const)('shows every number there is, %s, and can be read aloud', async (colorScheme) => {
    const browser = await startChromium();
    const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 1700 } });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${server.origin}/accuracy`);
    await page.waitForSelector('#books [data-measure="Rank correlation"]');
    const { symbols } = await viewOf('?symbol=BTCUSDT');
    const { model, placebos } = symbols[0]!.books[0]!.report!;
    expect(await page.locator('#source').textContent()).toBe('simulated, not a real market');
    expect(await page.locator('.says').textContent()).toBe(symbols[0]!.text);
    const rank = await page.locator('[data-measure="Rank correlation"] td').nth(1).textContent();
    expect(Number(rank!.split(' ')[0])).toBeCloseTo(model.long.all.measures.rank!.value!, 1);
    expect(rank).toMatch(/^-?[\d.]+ \[-?[\d.]+, -?[\d.]+\]$/);
    expect(await page.locator('tr[data-kind="baseline"]').count()).toBe(5);
    expect(await page.locator('tr[data-kind="placebo"]').count()).toBe(placebos.length);
    expect(await page.locator('.plots svg circle').count()).toBeGreaterThan(0);
    await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
    const { violations } = await page.evaluate(() =>
      (
        globalThis as unknown as { axe: { run(): Promise<{ violations: { impact: string; id: string }[] }> } }
      ).axe.run(),
    );
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    expect(complaints).toEqual([]);
    mkdirSync(artefacts, { recursive: true });
    await page.screenshot({ path: join(artefacts, `accuracy-${colorScheme}.png`) });
  });
});
