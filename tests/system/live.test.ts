/** The real server on two simulated venues over real sockets: from the venues' frames to a client's pictures, through cuts and a kill. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MarketEvent } from '../../src/market/event.ts';
import { eventsOfBatch } from '../../src/market/event-batch.ts';
import type { VenueName } from '../../src/market/venues.ts';
import type { SymbolHealth } from '../../src/protocol/http-view.ts';
import type { SnapshotMessage } from '../../src/protocol/server-message.ts';
import type { SideAgreementView, VenueHealth } from '../../src/protocol/venue-health.ts';
import { SqliteEventLog } from '../../src/workers/sqlite-event-log.ts';
import { isRedisThere, RedisServer } from '../support/redis-server.ts';
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
  readonly status: string;
  readonly problems: readonly string[];
  readonly venues: Readonly<Record<string, VenueHealth>>;
  readonly side_agreement: readonly SideAgreementView[];
  readonly symbols: Record<string, SymbolHealth>;
}

async function until(server: ServerProcess, isSo: (health: Health) => boolean): Promise<void> {
  for (;;) {
    if (isSo(await server.json<Health>('/health'))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

it('every venue and symbol has a book, a client sees it, and no trade is lost in a cut and a kill', async () => {
  const first = await ServerProcess.started(settings());
  const names = ['binance', 'bybit', 'okx'].flatMap((venue) => [`${venue}:BTCUSDT`, `${venue}:ETHUSDT`]);
  const eventsOf = ({ symbols }: Health, name: string) => {
    const [venue, symbol] = name.split(':') as [string, string];
    return symbols[symbol]?.venues?.[venue]?.events ?? 0;
  };
  await until(first, (health) => names.every((name) => eventsOf(health, name) > 50));
  const client = await TestClient.subscribed(first.url, ['bybit:ETHUSDT']);
  // The first one may be as old as WS_IDLE_INTERVAL, and of an empty book.
  const picture = await client.snapshot(({ data }) => data.levels.length > 10);
  expect(picture.symbol).toBe('bybit:ETHUSDT');
  client.socket.close();

  venues.binance.simulator.cut();
  venues.bybit.simulator.cut();
  venues.okx.simulator.cut();
  await first.line('venue_interrupted');
  const before = await first.json<Health>('/health');
  const areAhead = (by: number) => (health: Health) =>
    names.every((name) => eventsOf(health, name) > eventsOf(before, name) + by);
  await until(first, areAhead(50));
  first.signal('SIGKILL');
  await first.exited;
  const second = await ServerProcess.started(settings());
  await until(second, areAhead(150));
  expect((await second.stop()).code).toBe(0);

  for (const name of names) {
    const [venue, symbol] = name.split(':') as [VenueName, string];
    const stored = await storedEvents(`live:${symbol}`);
    const ids = stored.flatMap((event) => (event.kind === 'trade' && event.venue === venue ? [event.id] : []));
    const truth = venues[venue].simulator.facts
      .filter((fact) => fact.symbol === symbol && fact.observation.kind === 'trade')
      .map(({ observation }) => observation.id)
      .filter((id) => id >= ids[0]! && id <= ids.at(-1)!);
    expect(ids).toEqual(truth);
  }
});

it('the picture of a symbol is that of its venues together, and of each on its own for who names it', async () => {
  const server = await ServerProcess.started(settings({ SYMBOLS: 'BTCUSDT' }));
  const client = await TestClient.subscribed(server.url, ['BTCUSDT']);
  const names = ['binance', 'bybit', 'okx'];
  for (const venue of names) {
    client.send({ action: 'subscribe', symbols: ['BTCUSDT'], venue, id: venue });
    expect(await client.message((message) => message.type === 'ack' && message.id === venue)).toMatchObject({
      symbols: [`${venue}:BTCUSDT`],
    });
  }
  const pictures = new Map<number, Map<string, SnapshotMessage>>();
  const whole = await client.snapshot((picture) => {
    const same = pictures.get(picture.seq) ?? new Map();
    pictures.set(picture.seq, same.set(picture.symbol, picture));
    const isThere = [...same.values()].every(({ data }) => data.levels.length > 100);
    return isThere && same.size === 1 + names.length;
  });
  const same = pictures.get(whole.seq)!;
  const all = same.get('BTCUSDT')!.data;
  const each = names.map((name) => same.get(`${name}:BTCUSDT`)!.data);
  expect(all.current_price).toBe(each[0]!.current_price);
  const created = each.reduce((sum, data) => sum + data.positions_created_total, 0);
  expect(all.positions_created_total).toBe(created);
  const at = (data: SnapshotMessage['data'], price: number) => data.levels.find((level) => level.price === price);
  let shared = 0;
  // Each picture ends at a share of its own price.
  const isWithin = (price: number) => [all, ...each].every((data) => Math.abs(price / data.current_price! - 1) < 0.24);
  for (const level of all.levels.filter(({ price }) => isWithin(price))) {
    const parts = each.map((data) => at(data, level.price));
    for (const side of ['long_density', 'short_density'] as const) {
      const sum = parts.reduce((usd, part) => usd + (part?.[side] ?? 0), 0);
      // Each of the four is rounded to a dollar.
      expect(Math.abs(level[side] - sum)).toBeLessThanOrEqual(2);
    }
    if (parts.every((part) => part !== undefined)) shared++;
  }
  expect(shared).toBeGreaterThan(10);

  client.send({ action: 'subscribe', symbols: ['BTCUSDT'], venue: 'nyse' });
  expect(await client.message(({ type }) => type === 'error')).toMatchObject({
    code: 'INVALID_MESSAGE',
    message: "Venue 'nyse' not supported. Valid: binance, bybit, okx",
  });
  const { symbols } = await server.json<Health>('/health');
  expect(Object.keys(symbols.BTCUSDT!.venues!)).toEqual(names);
  await client.close();
  await server.stop();
});

it('how well each venue is heard is on /health and /metrics, and a venue that falls silent marks its pictures', async () => {
  venues.bybit.simulator.faults.garbled = 0.2;
  venues.binance.simulator.faults.skewMs = 400;
  const server = await ServerProcess.started(settings({ VENUE_STALE_AFTER: '1', SYMBOLS: 'BTCUSDT' }));
  await until(
    server,
    ({ venues: { binance, bybit, okx } }) =>
      (bybit?.errors.not_json ?? 0) > 0 && binance!.lag_ms !== null && okx!.open_interest_age_ms !== null,
  );
  const health = await server.json<Health>('/health');
  expect(health).toMatchObject({ status: 'ok', problems: [] });
  expect(health.venues.binance).toMatchObject({
    connected: true,
    stale: false,
    decoded_share: 1,
    liquidations: 'sampled',
  });
  expect(health.venues.okx!.open_interest_age_ms).toBeGreaterThanOrEqual(0);
  expect(health.venues.binance!.clock_skew_ms).toBeGreaterThan(300);
  expect(health.venues.bybit!.decoded_share).toBeLessThan(1);
  expect(health.venues.bybit!.liquidations).toBe('complete');
  expect(health.venues.okx).toMatchObject({ connected: true, decoded_share: 1, liquidations: 'sampled' });
  expect(health.side_agreement).toMatchObject(
    [
      ['binance', 'bybit'],
      ['binance', 'okx'],
      ['bybit', 'okx'],
    ].map((pair) => ({ venues: pair, alarming: false })),
  );
  const metrics = await (await fetch(`${server.origin}/metrics`)).text();
  expect(metrics).toMatch(/heatline_venue_connections\{venue="binance"\} 1/);
  expect(metrics).toMatch(/heatline_venue_frame_errors_total\{venue="bybit",reason="not_json"\} [1-9]/);

  await silenceMarks(server);
  await server.stop();
});

it.skipIf(!isRedisThere)('a server of several knows it too, of the feeds of all symbols that it writes', async () => {
  const redis = await RedisServer.started();
  const server = await ServerProcess.started(
    settings({ VENUE_STALE_AFTER: '1', REDIS_ENABLED: 'true', REDIS_URL: redis.url, REDIS_FALLBACK: 'none' }),
  );
  const expected = { connected: true, connections: 2, connections_wanted: 2, stale: false, decoded_share: 1 };
  await until(server, ({ venues: { binance, bybit, okx } }) =>
    [binance, bybit, okx].every((venue) => venue?.connections === 2 && !venue.stale && venue.lag_ms !== null),
  );
  const health = await server.json<Health>('/health');
  expect(health.venues).toMatchObject({ binance: expected, bybit: expected, okx: expected });
  expect(health.side_agreement).toHaveLength(3);
  await silenceMarks(server);
  await server.stop();
  await redis.dispose();
});

/** And its pictures are as they were when it is heard again. */
async function silenceMarks(server: ServerProcess): Promise<void> {
  const client = await TestClient.subscribed(server.url, ['binance:BTCUSDT', 'bybit:BTCUSDT']);
  venues.binance.simulator.faults.isSilent = true;
  const stale = await client.snapshot((picture) => picture.stale === true);
  expect(stale.symbol).toBe('binance:BTCUSDT');
  await until(server, ({ problems }) => problems.some((problem) => /binance was not heard since/.test(problem)));
  venues.binance.simulator.faults.isSilent = false;
  await client.snapshot(
    (picture) => picture.symbol === 'binance:BTCUSDT' && picture.stale === undefined && picture.seq > stale.seq,
  );
  await client.close();
}
