/** The dashboard in a real browser: what is shown is what the API says, and controls do what they say. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChartView } from '../../public/dashboard/chart-view.ts';
import { DashboardStage, isStageThere, recordings } from '../support/dashboard-stage.ts';

declare const heatline: { view: ChartView };

interface ApiColumn {
  readonly timestamp: string;
  readonly low: number;
  readonly high: number;
  readonly levels: { price: number; long_density: number; short_density: number }[];
}

describe.skipIf(!isStageThere)(`the dashboard, with ${recordings}`, () => {
  let stage: DashboardStage;
  beforeAll(async () => {
    stage = await DashboardStage.begin();
  }, 60_000);
  afterAll(() => stage?.end());

  const api = async (query: string): Promise<ApiColumn[]> => {
    const response = await fetch(`${stage.server.origin}/liquidations/heatmap-timeseries?${query}`);
    return ((await response.json()) as { data: ApiColumn[] }).data;
  };
  it('shows on its hover card what the API says of that time and price', async () => {
    const page = await stage.opened();
    const columns = await api('symbol=BTCUSDT&interval=1m&limit=1440&start_time=0&price_bin_size=100');
    const shown = await page.evaluate(() => heatline.view.columns.map(({ time, seq }) => [time, seq]));
    expect(shown.slice(0, columns.length).map(([time]) => time)).toEqual(
      columns.map(({ timestamp }) => Date.parse(timestamp)),
    );
    await page.evaluate(() => heatline.view.chart.timeScale().setVisibleLogicalRange({ from: 700, to: 760 }));
    const box = (await page.locator('#chart').boundingBox())!;
    let compared = 0;
    for (const number of [705, 720, 735, 750]) {
      const inSight = columns[number]!.levels.filter((_, i) => i % 7 === 0);
      for (const level of inSight) {
        const at = await page.evaluate(
          ([n, price]) => {
            const { view } = heatline;
            const x = view.chart.timeScale().logicalToCoordinate(n as never);
            return { x, y: view.candles.priceToCoordinate(price!), height: view.chart.paneSize().height };
          },
          [number, level.price],
        );
        if (at.x === null || at.y === null || at.y < 5 || at.y > at.height - 5) continue;
        await page.mouse.move(box.x + at.x, box.y + at.y);
        const card = (await page.locator('#card').textContent())!;
        const usd = (amount: number) => `${amount.toLocaleString('en-US')} USD`;
        expect(card).toContain(columns[number]!.timestamp.slice(0, 16).replace('T', ' '));
        expect(card).toContain(`price  ${level.price.toLocaleString('en-US')}`);
        expect(card).toContain(`long   ${usd(level.long_density)}`);
        expect(card).toContain(`short  ${usd(level.short_density)}`);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(8);
    await stage.picture(page, 'dashboard');
    await page.context().close();
  });

  it('ends each band at the candle that touched it: the pixel is dark from there, and was not before', async () => {
    const page = await stage.opened();
    const columns = await api('symbol=BTCUSDT&interval=1m&limit=1440&start_time=0&price_bin_size=100');
    const ends: { number: number; price: number }[] = [];
    for (const [number, { low, high }] of columns.entries()) {
      const before = columns[number - 1]?.levels ?? [];
      for (const { price, long_density, short_density } of before) {
        const isTouched = (long_density > 100_000 && low <= price) || (short_density > 100_000 && high >= price);
        if (isTouched) ends.push({ number, price });
      }
    }
    expect(ends.length).toBeGreaterThan(10);
    const pixels = await page.evaluate((list) => {
      const grid = heatline.view.grid!;
      const context = grid.image.getContext('2d')!;
      const at = (number: number, price: number) => {
        const row = Math.round(price / grid.binSize) - grid.firstBin;
        return [...context.getImageData(number % grid.columnRoom, grid.levelRoom - 1 - row, 1, 1).data].join();
      };
      const ground = at(0, grid.bottom + grid.binSize);
      const held = (number: number, price: number) => {
        const cell = grid.at(number, price)!;
        return cell.long + cell.short;
      };
      return list.map(({ number, price }) => [held(number - 1, price) > 0, at(number, price) === ground]);
    }, ends);
    for (const [i, { number, price }] of ends.entries()) {
      const swept = columns[number]!.levels.find((level) => level.price === price);
      // What was opened since in the same minute may stand there again.
      if (swept !== undefined) continue;
      expect([ends[i], pixels[i]]).toEqual([ends[i], [true, true]]);
    }
    await page.context().close();
  });

  it('does what its controls say', async () => {
    const page = await stage.opened();
    const grid = () =>
      page.evaluate(() => {
        const { grid: shown, columns } = heatline.view;
        return { binSize: shown!.binSize, columns: columns.length, last: columns.at(-1)!.levels.length };
      });
    const pixels = () => page.evaluate(() => heatline.view.grid!.image.toDataURL());
    const first = await grid();
    expect(first).toMatchObject({ binSize: 100 });
    const heat = await pixels();
    await page.selectOption('#palette', 'viridis');
    const viridis = await pixels();
    expect(viridis).not.toBe(heat);
    await page.locator('#threshold').fill('50');
    expect(await pixels()).not.toBe(viridis);
    expect(await page.locator('#threshold-value').textContent()).toBe('50 %');
    const changed = (what: () => Promise<unknown>) =>
      Promise.all([
        page.waitForResponse(
          (response) => response.url().includes('heatmap-timeseries') && response.url().includes('limit='),
        ),
        what(),
      ]);
    await changed(() => page.selectOption('#step', '500'));
    await page.waitForFunction(() => heatline.view.grid?.binSize === 500);
    await changed(() => page.selectOption('#range', '6h'));
    await page.waitForFunction(() => heatline.view.columns.length <= 361);
    await changed(() => page.locator('#band-0').uncheck());
    const [filtered] = await api(
      'symbol=BTCUSDT&interval=1m&limit=1&start_time=0&price_bin_size=500&leverage=10,25,50,100',
    );
    await page.waitForFunction(
      (levels) => heatline.view.columns.at(-1)!.levels.length === levels,
      filtered!.levels.length,
    );
    await changed(() => page.selectOption('#symbol', 'ETHUSDT'));
    await page.waitForFunction(() => heatline.view.columns.at(-1)!.close < 10_000);
    await page.selectOption('#theme', 'light');
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('light');
    await stage.picture(page, 'dashboard-light');
    await page.locator('#pause').click();
    expect(await page.locator('#pause').getAttribute('aria-pressed')).toBe('true');
    await page.locator('#pause').click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#save').click()]);
    const png = await readFile((await download.path())!);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(download.suggestedFilename()).toMatch(/^ETHUSDT-liquidation-heatmap-.*\.png$/);
    await page.context().close();
  });

  it('replays from a moment, column by column, and goes back to the present', async () => {
    const page = await stage.opened();
    await page.locator('#replay-from').fill('2025-06-13T00:00');
    await page.selectOption('#replay-speed', '600');
    await page.locator('#replay').click();
    await page.waitForFunction(() => {
      const { time } = heatline.view.columns.at(-1)!;
      return time > Date.parse('2025-06-13T00:20:00Z') && time < Date.parse('2025-06-14T00:00:00Z');
    });
    const times = await page.evaluate(() => heatline.view.columns.map(({ time }) => time));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(await page.locator('#replay').textContent()).toBe('Back to live');
    await page.locator('#replay').click();
    await page.waitForFunction(() => heatline.view.columns.at(-1)!.time > Date.parse('2025-06-14T23:00:00Z'));
    await page.context().close();
  });

  it('never had an error in its console', () => {
    expect(stage.complaints).toEqual([]);
  });
});
