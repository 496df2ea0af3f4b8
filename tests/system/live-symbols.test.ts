/** `SYMBOLS=all`: the real server asks three simulated venues over real sockets what they list. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SymbolHealth } from '../../src/protocol/http-view.ts';
import { freePort } from '../support/free-port.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { VenueStage } from '../support/venue-stage.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let venues: VenueStage;

beforeEach(async () => {
  directory = await temporaryDirectory();
  // Simulated open interest falls from symbol to symbol.
  venues = await VenueStage.started(['BTCUSDT', 'ETHUSDT', 'DOGEUSDT'], 20, ['SHIB1000USDT', 'BTCUSDT', 'XRPUSDT']);
});

afterEach(async () => {
  await venues.stop();
  await directory.dispose();
});

const settings = (more: Record<string, string> = {}) => ({
  ...venues.settings,
  DATA_DIR: directory.path,
  SYMBOLS: 'all',
  WS_UPDATE_INTERVAL: '0.1',
  ...more,
});

type Symbols = Record<string, Pick<SymbolHealth, 'venues'>>;

it('serves the symbols with the most open interest, each of the venues that list it, under one name', async () => {
  const server = await ServerProcess.started(settings({ MAX_SYMBOLS: '3' }));
  const symbols = async () => (await server.json<{ symbols: Symbols }>('/health')).symbols;
  // BTC has 1,250 million USD at three venues, SHIB 500 at one, ETH 500 at two; DOGE and XRP have less.
  expect(Object.keys(await symbols()).sort()).toEqual(['1000SHIBUSDT', 'BTCUSDT', 'ETHUSDT']);
  const listening = { BTCUSDT: ['binance', 'bybit', 'okx'], ETHUSDT: ['binance', 'okx'], '1000SHIBUSDT': ['bybit'] };
  const areHeard = (now: Symbols) =>
    Object.entries(listening).every(([symbol, names]) =>
      names.every((name) => (now[symbol]!.venues?.[name]?.events ?? 0) > 20),
    );
  let now = await symbols();
  for (; !areHeard(now); now = await symbols()) await new Promise((resolve) => setTimeout(resolve, 50));
  for (const [symbol, names] of Object.entries(listening)) expect(Object.keys(now[symbol]!.venues!)).toEqual(names);
  expect((await server.stop()).code).toBe(0);
});

it('does not start without a venue, and says which one and where', async () => {
  const address = `http://127.0.0.1:${await freePort()}`;
  const server = new ServerProcess(settings({ VENUE_BYBIT_REST: address, VENUE_LIST_TIMEOUT: '1' }));
  expect(await server.exited).toEqual({ code: 1, signal: null });
  expect(server.errors).toContain(`bybit (${address}) did not tell its symbols within 1 s`);
  expect(server.lines).toContainEqual(expect.objectContaining({ event: 'venue_list_failed', level: 60 }));
});
