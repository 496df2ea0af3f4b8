/** The part of the statistics page that is about venues, in a real browser: who is heard and how well, and nothing without a live source. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isChromiumThere, startChromium } from '../support/chromium.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { VenueStage } from '../support/venue-stage.ts';

describe.skipIf(!isChromiumThere)('the venues on the statistics page', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => directory.dispose());

  it('are each told with what was heard and missed, who is stale, and can be read aloud', async () => {
    const venues = await VenueStage.started(['BTCUSDT']);
    const more = { DATA_DIR: directory.path, SYMBOLS: 'BTCUSDT', VENUE_STALE_AFTER: '2' };
    const server = await ServerProcess.started({ ...venues.settings, ...more });
    const page = await (await startChromium()).newPage({ viewport: { width: 1280, height: 1300 } });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${server.origin}/stats`);
    const until = (venue: string, column: number, pattern: string) =>
      page.waitForFunction(
        ([name, place, text]) =>
          new RegExp(text!).test(
            document.querySelector(`#venues tr[data-venue="${name}"] td:nth-child(${place})`)?.textContent ?? '',
          ),
        [venue, String(column), pattern] as const,
      );
    const time = String.raw`^\d\d:\d\d:\d\d`;
    for (const venue of ['binance', 'bybit', 'okx']) {
      await until(venue, 2, '^1 of 1$');
      await until(venue, 3, `${time}$`);
      await until(venue, 6, String.raw`^-?[\d,]+ / -?[\d,]+$`);
      await until(venue, 7, '^100 %$');
      await until(venue, 8, String.raw`^[\d,.]+$`);
    }
    const last = async (venue: string) =>
      (await page.locator(`#venues tr[data-venue="${venue}"] td`).allTextContents()).slice(8);
    expect(await last('binance')).toEqual(['a sample', expect.stringMatching(/bybit: .*, okx: /)]);
    expect(await last('bybit')).toEqual(['all', expect.stringMatching(/binance: .*, okx: /)]);
    expect(await last('okx')).toEqual(['a sample', expect.stringMatching(/binance: .*, bybit: /)]);

    venues.okx.simulator.faults.isSilent = true;
    await until('okx', 3, `${time}, stale$`);
    await until('bybit', 3, `${time}$`);
    await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
    const { violations } = await page.evaluate(() =>
      (
        globalThis as unknown as { axe: { run(): Promise<{ violations: { impact: string; id: string }[] }> } }
      ).axe.run(),
    );
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    expect(complaints).toEqual([]);
    await server.stop();
    await venues.stop();
  });

  it('are not there with another source', async () => {
    const server = await ServerProcess.started({ DATA_DIR: directory.path });
    const page = await (await startChromium()).newPage();
    await page.goto(`${server.origin}/stats`);
    await page.waitForFunction(() => document.querySelectorAll('#symbols tr').length === 2);
    expect(await page.locator('#heard').isHidden()).toBe(true);
    await server.stop();
  });
});
