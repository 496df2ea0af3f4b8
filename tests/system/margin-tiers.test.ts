/** Margin tiers of simulated venues, over real sockets, in the real server's log and in what its pictures rest on. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MarketEvent } from '../../src/market/event.ts';
import { eventsOfBatch } from '../../src/market/event-batch.ts';
import { type MarginTier, marginTierSets, tiersOf } from '../../src/market/margin-tiers.ts';
import type { VenueName } from '../../src/market/venues.ts';
import type { SymbolHealth } from '../../src/protocol/http-view.ts';
import { SqliteEventLog } from '../../src/workers/sqlite-event-log.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { bracketsPerPage } from '../support/venue-protocol-bybit.ts';
import { VenueStage } from '../support/venue-stage.ts';

const [bitcoin, ether] = ['BTCUSDT', 'ETHUSDT'].map((symbol) => tiersOf(marginTierSets[0]!, symbol)) as [
  readonly MarginTier[],
  readonly MarginTier[],
];
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let venues: VenueStage;

beforeEach(async () => {
  directory = await temporaryDirectory();
  venues = await VenueStage.started(['BTCUSDT']);
});

afterEach(async () => {
  await venues.stop();
  await directory.dispose();
});

const started = () =>
  ServerProcess.started({
    ...venues.settings,
    DATA_DIR: directory.path,
    VENUES: 'binance,bybit',
    SYMBOLS: 'BTCUSDT',
    WS_UPDATE_INTERVAL: '0.1',
  });

/** Resolves when what the symbol rests on names these tables, and no others. */
async function untilItRestsOn(server: ServerProcess, ...tables: RegExp[]): Promise<void> {
  for (;;) {
    const { assumptions } = await server.json<{ assumptions: Record<string, string[]> }>('/health');
    const named = (assumptions.BTCUSDT ?? []).filter((text) => text.includes('margin tiers'));
    if (named.length === tables.length && tables.every((table) => named.some((text) => table.test(text)))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Health {
  readonly symbols: Record<string, SymbolHealth>;
}

/** Resolves when Bybit has told its whole table beyond `before` answers, and facts that came later are in the log. */
async function untilBybitWasAsked(server: ServerProcess, before: number): Promise<void> {
  const pages = Math.ceil(bitcoin.length / bracketsPerPage);
  let from: number | null = null;
  for (;;) {
    const { symbols } = await server.json<Health>('/health');
    const events = symbols.BTCUSDT!.venues?.bybit?.events ?? 0;
    if (from === null && asked() >= before + pages) from = events;
    if (from !== null && events > from + 20) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const asked = () => venues.bybit.simulator.requestsByPath.get('/v5/market/risk-limit') ?? 0;

type TierEvent = Extract<MarketEvent, { kind: 'margin_tier' }>;

/** Every table in the log of a venue, in order. */
async function storedTables(venue: VenueName): Promise<MarginTier[][]> {
  const log = await SqliteEventLog.open({ directory: directory.path, maxPending: 16, onLost() {} });
  await log.openStream('live:BTCUSDT', 'unused');
  const rows: TierEvent[] = [];
  for await (const { batch } of log.read('live:BTCUSDT', 0)) {
    for (const event of eventsOfBatch(batch))
      if (event.kind === 'margin_tier' && event.venue === venue) rows.push(event);
  }
  await log.close();
  return [...Map.groupBy(rows, ({ id }) => id).values()].map((table) =>
    table.map(({ notionalCap, maintenanceRate, maintenanceAmount, maxLeverage }) => {
      return { notionalCap, maintenanceRate, maintenanceAmount, maxLeverage };
    }),
  );
}

it('a venue’s own table is in the log, once for each change, and takes the place of the bundled one', async () => {
  const first = await started();
  await untilItRestsOn(first, /as the venue told them/, /of Binance USD-M, 2024-10-24/);
  venues.binance.simulator.changeMarginTiers('BTCUSDT', ether);
  await untilItRestsOn(first, /as the venue told them/);
  expect((await first.stop()).code).toBe(0);
  expect(await storedTables('bybit')).toEqual([bitcoin]);
  expect(await storedTables('binance')).toEqual([ether]);

  venues.bybit.simulator.changeMarginTiers('BTCUSDT', ether);
  for (const start of ['with a new table', 'with the same one']) {
    const before = asked();
    const next = await started();
    await untilBybitWasAsked(next, before);
    expect((await next.stop()).code, start).toBe(0);
    expect(await storedTables('bybit'), start).toEqual([bitcoin, ether]);
    expect(await storedTables('binance'), start).toEqual([ether]);
  }
});
