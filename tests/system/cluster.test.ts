/** Servers that share one log in Redis, as real processes: the same pictures everywhere, through the end of any of them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HealthView, StatsView } from '../../src/protocol/http-view.ts';
import type { DeltaMessage } from '../../src/protocol/server-message.ts';
import { isRedisThere, RedisServer } from '../support/redis-server.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

const symbol = 'BTCUSDT';

describe.skipIf(!isRedisThere)('servers that share a log', { timeout: 60_000 }, () => {
  let redis: RedisServer;
  const servers: ServerProcess[] = [];
  const directories: Awaited<ReturnType<typeof temporaryDirectory>>[] = [];

  const start = async (settings: Record<string, string> = {}): Promise<ServerProcess> => {
    const directory = await temporaryDirectory();
    directories.push(directory);
    const server = await ServerProcess.started({
      DATA_DIR: directory.path,
      REDIS_ENABLED: 'true',
      REDIS_URL: redis.url,
      REDIS_LEASE: '0.9',
      REDIS_FALLBACK: 'none',
      SIMULATED_HISTORY: '0.5',
      WS_UPDATE_INTERVAL: '0.1',
      ...settings,
    });
    servers.push(server);
    return server;
  };
  const health = (server: ServerProcess) => server.json<HealthView>('/health');
  const roleOf = async (server: ServerProcess) => (await health(server)).symbols[symbol]!.role;

  beforeEach(async () => {
    redis = await RedisServer.started();
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop('SIGKILL');
    for (const directory of directories.splice(0)) await directory.dispose();
    await redis.dispose();
  });

  it('show the same pictures under the same names, one as their writer and the others without computing any', async () => {
    const writer = await start();
    const gateway = await start({ WS_THREADS: '2' });
    expect([await roleOf(writer), await roleOf(gateway)]).toEqual(['writer', 'gateway']);
    expect((await health(gateway)).redis!.durability).toMatch(/^appendfsync always/);
    const clients = await Promise.all([writer, gateway].map(({ url }) => TestClient.subscribed(url, [symbol])));
    const [atWriter, atGateway] = clients as [TestClient, TestClient];
    const common = () => atGateway.snapshots.filter(({ seq }) => atWriter.snapshots.some((other) => other.seq === seq));
    for (let seq = 0; common().length < 3; ) {
      const next = await atGateway.snapshot((snapshot) => snapshot.seq > seq);
      seq = next.seq;
      await atWriter.snapshot((snapshot) => snapshot.seq >= next.seq);
    }
    for (const picture of common()) {
      expect(picture).toEqual(atWriter.snapshots.find(({ seq }) => seq === picture.seq));
    }
    const encodes = (server: ServerProcess) => server.json<StatsView>('/ws/stats').then((stats) => stats.encodes_total);
    expect(await encodes(gateway)).toBe(0);
    const all = await gateway.json<StatsView>('/ws/stats?scope=cluster');
    expect(all.nodes).toBe(2);
    const wrong = await fetch(`${gateway.origin}/ws/stats?scope=galaxy`);
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { code: 'INVALID_PARAMETER' }]);
    for (const client of clients) await client.close();
  });

  it('tell clients of all of them the same liquidations, each once and in order, through the end of their writer', async () => {
    const [writer, gateway] = [await start({ SIMULATED_HISTORY: '24' }), await start({ SIMULATED_HISTORY: '24' })];
    const wanted = { channels: ['liquidations'] };
    const clients = await Promise.all([writer, gateway].map(({ url }) => TestClient.subscribed(url, [symbol], wanted)));
    const [atWriter, atGateway] = clients as [TestClient, TestClient];
    const toldTo = (client: TestClient) =>
      client.messages.flatMap((message) => (message.type === 'liquidations' && !message.recent ? message.data : []));
    const enough = (client: TestClient, count: number) => client.message(() => toldTo(client).length >= count);
    await Promise.all([enough(atWriter, 50), enough(atGateway, 50)]);
    // What was there before one of them came is told to it as such.
    const first = Math.max(toldTo(atGateway)[0]!.seq, toldTo(atWriter)[0]!.seq);
    const since = (client: TestClient) => toldTo(client).filter(({ seq }) => seq >= first);
    await writer.stop('SIGKILL');
    await atWriter.closed;
    const before = since(atWriter);
    expect(before.length).toBeGreaterThan(0);
    await enough(atGateway, toldTo(atGateway).length + before.length + 20);
    const after = since(atGateway);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.map(({ seq }) => seq)).toEqual([...new Set(after.map(({ seq }) => seq))].sort((a, b) => a - b));
  });

  it('answer the same of the past, and replay it, whichever is asked', async () => {
    const [writer, gateway] = [await start(), await start()];
    const query = `/liquidations/heatmap-timeseries?symbol=${symbol}&interval=5m&price_bin_size=1000&start_time=0&limit=3`;
    type Answer = { data: { seq: number }[] };
    let answers: Answer[];
    // The copies follow the log a moment behind.
    do answers = await Promise.all([writer, gateway].map((server) => server.json<Answer>(query)));
    while (!answers.every(({ data }) => data?.length === 3));
    expect(answers[1]!.data).toEqual(answers[0]!.data);
    const client = await TestClient.connected(gateway.url);
    const { seq } = answers[0]!.data[0]!;
    client.send({ action: 'replay', symbol, from: seq, to: seq + 20, speed: 0, update_interval: 1 });
    await client.message((message) => message.type === 'replay' && message.state === 'ended');
    expect(client.snapshots[0]!.seq).toBe(seq);
    await client.close();
  });

  it('go on when the writer is killed: the same epoch, no picture missed, and resumed on the other', async () => {
    const [writer, gateway] = [await start(), await start()];
    const staying = await TestClient.subscribed(gateway.url, [symbol], { mode: 'delta' });
    const moving = await TestClient.subscribed(writer.url, [symbol], { mode: 'delta' });
    const before = await moving.message((message) => message.type === 'delta');
    await writer.stop('SIGKILL');
    await moving.closed;
    const { epoch, seq } = (await moving.messages.at(-1)) as DeltaMessage;
    await gateway.line('lease_gained');
    const moved = await TestClient.subscribed(gateway.url, [symbol], {
      mode: 'delta',
      resume: { [symbol]: { epoch, seq } },
    });
    const next = (await moved.message((message) => message.type !== 'error')) as DeltaMessage;
    expect([next.type, next.epoch, next.prev_seq]).toEqual(['delta', (before as DeltaMessage).epoch, seq]);
    await staying.message((message) => message.type === 'delta' && message.seq > next.seq);
    const chain = staying.messages as DeltaMessage[];
    for (const [i, message] of chain.entries()) {
      if (message.type === 'delta') expect(message.prev_seq).toBe(chain[i - 1]!.seq);
    }
    expect(await roleOf(gateway)).toBe('writer');
    for (const client of [staying, moved]) await client.close();
  });

  it('send their clients away before they end, and hand over what they write at once', async () => {
    const [writer, gateway] = [await start({ WS_DRAIN_TIME: '0.5' }), await start()];
    const client = await TestClient.subscribed(writer.url, [symbol]);
    await client.snapshot();
    const ended = writer.stop('SIGTERM');
    const goaway = await client.message((message) => message.type === 'goaway');
    expect(goaway).toMatchObject({ reconnect_after_ms: expect.any(Number) });
    expect((await client.closed).code).toBe(1001);
    expect((await ended).code).toBe(0);
    await gateway.line('recovered');
    const later = await TestClient.subscribed(gateway.url, [symbol]);
    await later.snapshot(({ seq }) => seq > client.snapshots.at(-1)!.seq);
    await later.close();
  });

  it('show the last picture on, marked stale, while Redis is away, and catch up when it is back', async () => {
    const servers_ = [await start(), await start()];
    const clients = await Promise.all(servers_.map(({ url }) => TestClient.subscribed(url, [symbol])));
    for (const client of clients) await client.snapshot();
    await redis.stop();
    for (const client of clients) await client.snapshot(({ stale }) => stale === true);
    for (const server of servers_) expect((await health(server)).status).toBe('degraded');
    await redis.start();
    for (const client of clients) {
      const stale = client.snapshots.findLast((snapshot) => snapshot.stale === true)!;
      const fresh = await client.snapshot((snapshot) => snapshot.stale !== true && snapshot.seq > stale.seq);
      expect(fresh.epoch).toBe(stale.epoch);
    }
    for (const client of clients) await client.close();
  });

  it('begin alone when Redis is away at the start, or end, as they are told', async () => {
    await redis.stop();
    const refused = new ServerProcess({
      REDIS_ENABLED: 'true',
      REDIS_URL: 'redis://:secret@127.0.0.1:1',
      REDIS_FALLBACK: 'none',
    });
    expect((await refused.exited).code).toBe(1);
    expect(refused.errors).toMatch(/^Redis at redis:\/\/127\.0\.0\.1:1 does not answer: .+ see REDIS_URL\.$/m);
    expect(refused.output + refused.errors).not.toContain('secret');
    const alone = await start({ REDIS_FALLBACK: 'local' });
    expect(await alone.line('redis_fallback')).toMatchObject({ message: expect.stringContaining('does not answer') });
    const client = await TestClient.subscribed(alone.url, [symbol]);
    await client.snapshot();
    expect((await health(alone)).redis).toBeUndefined();
    await client.close();
  });
});
