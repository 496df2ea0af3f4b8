/** Liquidations on the dashboard, in a real browser: where they are drawn, how, and what is said of them. */
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChartView } from '../../public/dashboard/chart-view.ts';
import type { LiquidationsMessage } from '../../src/protocol/liquidations-message.ts';
import { chromiumArguments, chromiumPath, isChromiumThere } from '../support/chromium.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

declare const heatline: { view: ChartView };

/** As `markColours` has them. */
const colours = {
  dark: { long: [255, 90, 112], short: [37, 217, 154] },
  light: { long: [179, 21, 42], short: [4, 112, 74] },
};

/** But for what smooth edges mix in. */
const isNear = (a: readonly number[], b: readonly number[]) => a.every((channel, i) => Math.abs(channel - b[i]!) < 40);

describe.skipIf(!isChromiumThere)('the dashboard', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: ServerProcess;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    directory = await temporaryDirectory();
    const settings = { SIMULATED_HISTORY: '24', WS_UPDATE_INTERVAL: '0.5', SYMBOLS: 'BTCUSDT' };
    server = await ServerProcess.started({ DATA_DIR: directory.path, ...settings });
    // The day of the past is over when the market is where the clock is.
    const isOver = async () => {
      const { symbols } = await server.json<{ symbols: { BTCUSDT: { market_time: string } } }>('/health');
      return Date.now() - Date.parse(symbols.BTCUSDT.market_time) < 10_000;
    };
    while (!(await isOver()));
    browser = await chromium.launch({ executablePath: chromiumPath, args: [...chromiumArguments] });
    page = await (await browser.newContext({ viewport: { width: 1400, height: 900 } })).newPage();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(server.origin);
    await page.waitForFunction(() => heatline.view.columns.length > 100 && heatline.view.marks.count > 0);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await directory?.dispose();
  });

  /** One more, in the middle of what is seen, away from the candles. @returns its middle on the page, and the colours there and on its rim. */
  const drawn = (side: 'long' | 'short', completeness: 'simulated' | 'sampled', usd = 1e6) =>
    page.evaluate(
      async ([of, how, amount]) => {
        const { view } = heatline;
        view.marks.clear();
        const number = Math.floor(view.columns.length / 2);
        const { time } = view.columns[number]!;
        const price = view.candles.coordinateToPrice(40)!;
        const at = new Date(time - 30_000).toISOString();
        const place = { seq: 1, time: at, price, quantity: 1, usd: amount as number };
        view.marks.add([{ ...place, side: of as 'long', completeness: how as 'sampled', venue: 'binance' }]);
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        const x = view.chart.timeScale().logicalToCoordinate(number as never)!;
        const picture = view.chart.takeScreenshot(true);
        const context = picture.getContext('2d')!;
        const pixel = (right: number) =>
          [
            ...context.getImageData(Math.round((x + right) * devicePixelRatio), Math.round(40 * devicePixelRatio), 1, 1)
              .data,
          ].slice(0, 3);
        return { x, y: 40, price, middle: pixel(0), inside: pixel(10), rim: pixel(14), outside: pixel(20) };
      },
      [side, completeness, usd] as const,
    );

  it('shows those that the channel tells of where they were, and says that they are simulated', async () => {
    const client = await TestClient.subscribed(server.url, ['BTCUSDT'], { channels: ['liquidations'] });
    const { data } = await client.message((message): message is LiquidationsMessage => message.type === 'liquidations');
    await client.close();
    const found = await page.evaluate((told) => {
      const { view } = heatline;
      const scale = view.chart.timeScale();
      return told.map(({ time, price }) => {
        const at = Date.parse(time);
        const number = view.columns.findIndex((column) => column.time >= at);
        const share = (view.columns[number]!.time - at) / 60_000;
        const middle = scale.logicalToCoordinate(number as never)!;
        return view.marks.under(
          middle + (0.5 - share) * scale.options().barSpacing,
          view.candles.priceToCoordinate(price)!,
        );
      });
    }, data);
    for (const mark of found) expect(mark).toMatchObject({ completeness: 'simulated' });
    // Of those that cover each other the smallest is on top.
    const same = found.filter((mark, i) => mark!.seq === data[i]!.seq);
    expect(same.length).toBeGreaterThan(data.length / 20);
    expect((await page.locator('.legend').allTextContents()).join()).toContain(
      'hollow: of a venue that tells a sample',
    );
  });

  it.each(['dark', 'light'] as const)(
    'fills a circle in the colour of the side, and leaves one of a sample hollow: %s',
    async (theme) => {
      await page.selectOption('#theme', theme);
      for (const side of ['long', 'short'] as const) {
        const filled = await drawn(side, 'simulated');
        expect([filled.middle, filled.inside]).toEqual([colours[theme][side], colours[theme][side]]);
        expect(filled.outside).not.toEqual(colours[theme][side]);
        const hollow = await drawn(side, 'sampled');
        expect(isNear(hollow.rim, colours[theme][side])).toBe(true);
        expect(isNear(hollow.middle, colours[theme][side])).toBe(false);
        // A hundredth of the USD has a tenth of the radius.
        const small = await drawn(side, 'simulated', 1e4);
        expect(small.inside).not.toEqual(colours[theme][side]);
      }
      await page.selectOption('#theme', 'dark');
    },
  );

  it('says on the hover card what was liquidated, and how complete that list is', async () => {
    const { x, y, price } = await drawn('long', 'sampled');
    const box = (await page.locator('#chart').boundingBox())!;
    await page.mouse.move(box.x + x + 3, box.y + y + 3);
    const card = await page.locator('#card').textContent();
    expect(card).toContain(`long liquidated: 1,000,000 USD at ${price.toLocaleString('en-US')} (binance, of a sample)`);
    await page.mouse.move(box.x + x + 60, box.y + y);
    expect(await page.locator('#card').textContent()).not.toContain('liquidated');
  });

  it('shows none when they are switched off', async () => {
    await page.locator('#liquidations').uncheck();
    expect((await drawn('long', 'simulated')).middle).not.toEqual(colours.dark.long);
    await page.locator('#liquidations').check();
    expect((await drawn('long', 'simulated')).middle).toEqual(colours.dark.long);
  });

  it('never had an error in its console', () => {
    expect(complaints).toEqual([]);
  });
});
