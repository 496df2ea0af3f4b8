/** The dashboard in a real browser, on a server that has played a recorded day. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { ChartView } from '../../public/dashboard/chart-view.ts';
import { chromiumArguments, chromiumPath, isChromiumThere } from './chromium.ts';
import { available } from './require-or-skip.ts';
import { projectRoot, ServerProcess, temporaryDirectory } from './server-process.ts';

const file = (symbol: string) => join('..', 'shared', 'data', `binance-um-${symbol}-1m-2025-06-12_14.csv`);
export const symbols = ['BTCUSDT', 'ETHUSDT'];
/** As the setting RECORDED_FILES. */
export const recordedFiles = symbols.map((symbol) => `${symbol}=${file(symbol)}`).join(',');
export const recordings = 'the recordings in ../shared/data';
const areThere = symbols.every((symbol) => existsSync(join(projectRoot, file(symbol))));
export const isStageThere = isChromiumThere && available(recordings, areThere);

const lastCandle = '2025-06-15T00:00:00.000Z';
const artefacts = join(projectRoot, 'artefacts');

export class DashboardStage {
  /** What the pages' consoles said that was an error. */
  readonly complaints: string[] = [];
  server!: ServerProcess;
  #directory!: Awaited<ReturnType<typeof temporaryDirectory>>;
  #browser!: Browser;

  static async begin(): Promise<DashboardStage> {
    const stage = new DashboardStage();
    stage.#directory = await temporaryDirectory();
    await stage.startServer();
    const playedAll = async () => {
      const { symbols: states } = await stage.server.json<{ symbols: Record<string, { market_time: string }> }>(
        '/health',
      );
      return symbols.every((symbol) => states[symbol]?.market_time === lastCandle);
    };
    while (!(await playedAll()));
    stage.#browser = await chromium.launch({ executablePath: chromiumPath, args: [...chromiumArguments] });
    return stage;
  }

  async startServer(port = '0'): Promise<void> {
    this.server = await ServerProcess.started({
      SOURCE: 'recorded',
      RECORDED_FILES: recordedFiles,
      RECORDED_SPEED: '0',
      WS_UPDATE_INTERVAL: '0.1',
      DATA_DIR: this.#directory.path,
      PORT: port,
    });
  }

  async end(): Promise<void> {
    await this.#browser?.close();
    await this.server?.stop();
    await this.#directory?.dispose();
  }

  /** The dashboard, when it shows something. */
  async opened(viewport = { width: 1500, height: 900 }): Promise<Page> {
    const context = await this.#browser.newContext({ viewport });
    const page = await context.newPage();
    this.listenTo(page);
    await page.goto(this.server.origin);
    await page.waitForFunction(() => (globalThis as { heatline?: { view: ChartView } }).heatline?.view.columns.length);
    return page;
  }

  listenTo(page: Page): void {
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
  }

  /** Kept to be looked at. */
  async picture(page: Page, name: string): Promise<void> {
    mkdirSync(artefacts, { recursive: true });
    await page.screenshot({ path: join(artefacts, `${name}.png`) });
  }
}
