/** Connections on several threads: one port, the same bytes, one count. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { StatsView } from '../../src/protocol/http-view.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let server: ServerProcess;

beforeEach(async () => {
  directory = await temporaryDirectory();
});

afterEach(async () => {
  server.signal('SIGKILL');
  await server.exited;
  await directory.dispose();
});

async function start(settings: Record<string, string> = {}): Promise<ServerProcess> {
  server = await ServerProcess.started({
    DATA_DIR: directory.path,
    WS_THREADS: '2',
    WS_UPDATE_INTERVAL: '1',
    SIMULATED_HISTORY: '1',
    ...settings,
  });
  return server;
}

const stats = async (): Promise<StatsView> => (await fetch(`${server.origin}/ws/stats`)).json();
const both = ['BTCUSDT', 'ETHUSDT'];

describe('connection threads', () => {
  it('send every client the same pictures, compressed or not, and count as one', { timeout: 60_000 }, async () => {
    const { url } = await start();
    const clients = await Promise.all(Array.from({ length: 24 }, () => TestClient.subscribed(url, both)));
    // `ws` offers compression, so these are; this one does not.
    const plain = new WebSocket(url, { perMessageDeflate: false });
    const plainTexts: string[] = [];
    plain.on('message', (data) => plainTexts.push(String(data)));
    plain.on('open', () => plain.send(JSON.stringify({ action: 'subscribe', symbols: both })));

    const seen = await Promise.all(
      clients.map(async (client) => {
        const first = await client.snapshot(({ symbol }) => symbol === 'BTCUSDT');
        return client.snapshot(({ symbol, seq }) => symbol === 'BTCUSDT' && seq > first.seq);
      }),
    );
    const bySeq = new Map<number, string>();
    for (const snapshot of [...seen, ...plainTexts.map((text) => JSON.parse(text))]) {
      if (snapshot.symbol !== 'BTCUSDT') continue;
      const text = JSON.stringify(snapshot);
      expect(bySeq.get(snapshot.seq) ?? text).toBe(text);
      bySeq.set(snapshot.seq, text);
    }
    expect(await stats()).toMatchObject({
      active_connections: 25,
      subscriptions_by_symbol: { BTCUSDT: 25, ETHUSDT: 25 },
      slow_consumers: 0,
    });
    plain.terminate();
    await Promise.all(clients.map((client) => client.close()));
  });

  it('keep the limit of connections together, exactly', async () => {
    const { url } = await start({ WS_MAX_CONNECTIONS: '10' });
    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, () => TestClient.connected(url)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect((await stats()).active_connections).toBe(10);
  });

  it('say goodbye to all at a stop', async () => {
    const { url } = await start();
    const clients = await Promise.all(Array.from({ length: 8 }, () => TestClient.subscribed(url, both)));
    server.signal('SIGTERM');
    for (const client of clients) expect(await client.closed).toEqual({ code: 1001, reason: 'Server shutdown' });
    expect(await server.exited).toEqual({ code: 0, signal: null });
  });

  it('do not share their port with another server', async () => {
    const { port } = await start();
    const other = await temporaryDirectory();
    const second = new ServerProcess({ DATA_DIR: other.path, WS_THREADS: '2', PORT: String(port) });
    expect(await second.exited).toMatchObject({ code: 1 });
    expect(second.errors).toContain(`PORT ${port} is already in use`);
    await other.dispose();
  });
});
