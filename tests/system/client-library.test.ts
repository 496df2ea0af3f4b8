/** The client library against the real server: over a good link, over one that does everything wrong, and when the server goes away. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HeatmapWebSocket, type HeatmapWebSocketOptions } from '../../src/client/heatmap-websocket.ts';
import { checksumOf } from '../../src/client/held-picture.ts';
import type { SnapshotMessage } from '../../src/client/messages.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

/** What the library said, which can be waited on. */
class Listener {
  readonly snapshots: SnapshotMessage[] = [];
  readonly statuses: string[] = [];
  readonly errors: (Error & { code?: string })[] = [];
  readonly client: HeatmapWebSocket;
  #wakers: (() => void)[] = [];

  constructor(url: string, options: HeatmapWebSocketOptions = {}) {
    this.client = new HeatmapWebSocket(url, {
      reconnectDelay: 50,
      onSnapshot: (message) => this.#heard(this.snapshots, message),
      onStatusChange: (status) => this.#heard(this.statuses, status),
      onError: (error) => this.#heard(this.errors, error),
      ...options,
    });
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#wakers.push(resolve));
  }

  #heard<T>(list: T[], item: T): void {
    list.push(item);
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }
}

describe('the client library', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: ServerProcess;

  const start = (port = '0') =>
    ServerProcess.started({
      DATA_DIR: directory.path,
      PORT: port,
      SYMBOLS: 'BTCUSDT',
      SIMULATED_HISTORY: '0.2',
      WS_UPDATE_INTERVAL: '0.1',
      WS_MAX_MESSAGES_PER_SECOND: '1000',
      WS_MESSAGE_BURST: '1000',
    });

  beforeEach(async () => {
    directory = await temporaryDirectory();
    server = await start();
  });
  afterEach(async () => {
    await server.stop('SIGKILL');
    await directory.dispose();
  });

  /** Every picture that the server showed to a client in snapshot mode, by its name. */
  const truthOf = (witness: TestClient) =>
    new Map(witness.snapshots.map((snapshot) => [`${snapshot.epoch} ${snapshot.seq}`, snapshot]));

  it('gives whole snapshots out of deltas, the same as a client in snapshot mode gets', async () => {
    const listener = new Listener(server.url);
    const witness = await TestClient.subscribed(server.url, ['BTCUSDT']);
    listener.client.subscribe(['BTCUSDT']);
    listener.client.connect();
    await listener.until(() => listener.snapshots.length >= 5);
    const last = listener.snapshots.at(-1)!;
    await witness.snapshot(({ seq }) => seq >= last.seq!);
    const truth = truthOf(witness);
    let compared = 0;
    for (const { epoch, seq, data, type } of listener.snapshots) {
      expect(type).toBe('snapshot');
      const same = truth.get(`${epoch} ${seq}`);
      if (same === undefined) continue;
      compared++;
      expect(data.levels).toEqual(same.data.levels);
      expect(data.current_price).toBe(same.data.current_price);
    }
    expect(compared).toBeGreaterThan(2);
    expect(listener.errors).toEqual([]);
    listener.client.disconnect();
    await witness.close();
  });

  it('never gives a wrong picture and ends with the newest one, whatever the link does', async () => {
    const proxy = new FaultProxy('faults', () => server.port);
    const listener = new Listener(`ws://127.0.0.1:${await proxy.listen()}/ws/heatmap`, {
      reconnectDelay: 1,
      maxReconnectAttempts: 1000,
    });
    const witness = await TestClient.subscribed(server.url, ['BTCUSDT']);
    listener.client.subscribe(['BTCUSDT']);
    listener.client.connect();
    await listener.until(() => proxy.faults.size >= 7 && listener.snapshots.length >= 20);
    proxy.isFaulty = false;
    const { seq: seen } = listener.snapshots.at(-1)!;
    await listener.until(() => listener.snapshots.at(-1)!.seq! > seen! && listener.client.status === 'connected');
    const last = listener.snapshots.at(-1)!;
    await witness.snapshot(({ seq }) => seq >= last.seq!);
    const truth = truthOf(witness);
    let before = -1;
    for (const { epoch, seq, checksum, data } of listener.snapshots) {
      expect(checksumOf(data.levels)).toBe(checksum);
      expect(seq).toBeGreaterThanOrEqual(before);
      before = seq!;
      const same = truth.get(`${epoch} ${seq}`);
      if (same !== undefined) expect(data.levels).toEqual(same.data.levels);
    }
    listener.client.disconnect();
    await Promise.all([proxy.close(), witness.close()]);
  });

  it('tells its status truly while the server goes and comes back, and goes on with the same epoch', async () => {
    const listener = new Listener(server.url, { maxReconnectAttempts: 1000 });
    listener.client.subscribe(['BTCUSDT']);
    listener.client.connect();
    await listener.until(() => listener.snapshots.length >= 2);
    const { port } = server;
    const { epoch, seq } = listener.snapshots.at(-1)!;
    await server.stop('SIGKILL');
    await listener.until(() => listener.statuses.at(-1) === 'disconnected');
    server = await start(String(port));
    await listener.until(() => listener.snapshots.at(-1)!.seq! > seq!);
    expect(listener.snapshots.at(-1)!.epoch).toBe(epoch);
    expect(listener.statuses.slice(0, 3)).toEqual(['connecting', 'connected', 'disconnected']);
    expect(listener.statuses.at(-1)).toBe('connected');
    listener.client.disconnect();
  });

  it('polls when no socket can be had, and stops when there is one', async () => {
    const proxy = new FaultProxy('blocked', () => server.port);
    proxy.isFaulty = false;
    proxy.isBlocked = true;
    const listener = new Listener(`ws://127.0.0.1:${await proxy.listen()}/ws/heatmap`, {
      reconnectDelay: 1,
      maxReconnectAttempts: 3,
    });
    listener.client.subscribe(['BTCUSDT']);
    listener.client.connect();
    await listener.until(() => listener.snapshots.length >= 1);
    expect(listener.client.status).toBe('failed');
    const { data, checksum, symbol } = listener.snapshots[0]!;
    expect(symbol).toBe('BTCUSDT');
    expect(checksumOf(data.levels)).toBe(checksum);
    proxy.isBlocked = false;
    listener.client.connect();
    await listener.until(() => listener.snapshots.length >= 3);
    expect(listener.client.status).toBe('connected');
    listener.client.disconnect();
    await proxy.close();
  });

  it('passes on what the server refuses', async () => {
    const listener = new Listener(server.url);
    listener.client.subscribe(['XYZUSDT']);
    listener.client.connect();
    await listener.until(() => listener.errors.length > 0);
    expect([listener.errors[0]!.code, listener.errors[0]!.message]).toEqual([
      'INVALID_SYMBOL',
      "Symbol 'XYZUSDT' not supported. Valid: BTCUSDT",
    ]);
    listener.client.disconnect();
  });

  it('is served as a plain script with one global class, and as a module, both under 6 kB', async () => {
    const { gzipSync } = await import('node:zlib');
    const script = await (await fetch(`${server.origin}/js/websocket-client.js`)).text();
    const before = new Set(Object.getOwnPropertyNames(globalThis));
    new Function(script)();
    const added = Object.getOwnPropertyNames(globalThis).filter((name) => !before.has(name));
    expect(added).toEqual(['HeatmapWebSocket']);
    const module = await fetch(`${server.origin}/js/websocket-client.mjs`);
    expect(module.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    const code = await module.text();
    const imported = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    expect(Object.keys(imported)).toContain('HeatmapWebSocket');
    for (const text of [script, code]) expect(gzipSync(text).length).toBeLessThan(6 * 1024);
    const client = new imported.HeatmapWebSocket(server.url, {});
    const snapshot = new Promise((resolve) => {
      const own = new imported.HeatmapWebSocket(server.url, {
        onSnapshot: (message: SnapshotMessage) => {
          own.disconnect();
          resolve(message.symbol);
        },
      });
      own.subscribe(['BTCUSDT']);
      own.connect();
    });
    expect(await snapshot).toBe('BTCUSDT');
    client.disconnect();
  });
});
