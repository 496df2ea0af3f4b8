/** The real server on two simulated venues over real sockets: from the venues' frames to a client's pictures, through cuts and a kill. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MarketEvent } from '../../src/market/event.ts';
import { eventsOfBatch } from '../../src/market/event-batch.ts';
import type { SnapshotMessage } from '../../src/protocol/server-message.ts';
import { SqliteEventLog } from '../../src/workers/sqlite-event-log.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';
import { VenueStage } from '../support/venue-stage.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let venues: VenueStage;

beforeEach(async () => {
  directory = await temporaryDirectory();
  venues = await VenueStage.started(['BTCUSDT', 'ETHUSDT']);
});

afterEach(async () => {
  await venues.stop();
  await directory.dispose();
});

const settings = (more: Record<string, string> = {}) => ({
  ...venues.settings,
  DATA_DIR: directory.path,
  SYMBOLS: 'BTCUSDT,ETHUSDT',
  WS_UPDATE_INTERVAL: '0.1',
  ...more,
});

async function storedEvents(stream: string): Promise<MarketEvent[]> {
  const log = await SqliteEventLog.open({ directory: directory.path, maxPending: 16, onLost() {} });
  await log.openStream(stream, 'unused');
  const events: MarketEvent[] = [];
  for await (const { batch } of log.read(stream, 0)) events.push(...eventsOfBatch(batch));
  await log.close();
  return events;
}

interface Health {
  readonly symbols: Record<string, { readonly seq: number; readonly current_price: number | null }>;
}

async function until(server: ServerProcess, isSo: (health: Health) => boolean): Promise<void> {
  for (;;) {
    if (isSo(await server.json<Health>('/health'))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

it('every venue and symbol has a book, a client sees it, and no trade is lost in a cut and a kill', async () => {
  const first = await ServerProcess.started(settings());
  const names = ['binance:BTCUSDT', 'binance:ETHUSDT', 'bybit:BTCUSDT', 'bybit:ETHUSDT'];
  await until(first, ({ symbols }) => names.every((name) => symbols[name]!.seq > 50));
  const client = await TestClient.subscribed(first.url, ['bybit:ETHUSDT']);
  const picture = await client.message((message): message is SnapshotMessage => message.type === 'snapshot');
  expect(picture.symbol).toBe('bybit:ETHUSDT');
  expect(picture.data.levels.length).toBeGreaterThan(10);
  client.socket.close();

  venues.binance.simulator.cut();
  venues.bybit.simulator.cut();
  await first.line('venue_interrupted');
  const { symbols } = await first.json<Health>('/health');
  await until(first, (health) => names.every((name) => health.symbols[name]!.seq > symbols[name]!.seq + 50));
  first.signal('SIGKILL');
  await first.exited;
  const second = await ServerProcess.started(settings());
  await until(second, (health) => names.every((name) => health.symbols[name]!.seq > symbols[name]!.seq + 150));
  expect((await second.stop()).code).toBe(0);

  for (const name of names) {
    const [venue, symbol] = name.split(':') as ['binance' | 'bybit', string];
    const ids = (await storedEvents(name)).flatMap((event) => (event.kind === 'trade' ? [event.id] : []));
    const truth = venues[venue].simulator.facts
      .filter((fact) => fact.symbol === symbol && fact.observation.kind === 'trade')
      .map(({ observation }) => observation.id)
      .filter((id) => id >= ids[0]! && id <= ids.at(-1)!);
    expect(ids).toEqual(truth);
  }
});
