/** What the client library does when its connection is lost, silent, or not wanted any more. */
import { describe, expect, it, vi } from 'vitest';
import { HeatmapWebSocket } from '../../src/client/heatmap-websocket.ts';
import { loseAndWait, snapshot, socket, stage, useScriptedSockets } from './client-stage.ts';
import { ScriptedSocket } from './scripted-socket.ts';

useScriptedSockets();

describe('a lost connection', () => {
  it('is tried again after 2, 4, 8, 16 and 32 s, then given up, and connect() begins anew', async () => {
    const { client, statuses } = stage();
    client.connect();
    for (const seconds of [2, 4, 8, 16, 32]) {
      const attempts = ScriptedSocket.made.length;
      await loseAndWait(seconds * 1000 - 1);
      expect(ScriptedSocket.made).toHaveLength(attempts);
      await vi.advanceTimersByTimeAsync(1);
      expect(ScriptedSocket.made).toHaveLength(attempts + 1);
    }
    await loseAndWait(1_000_000);
    expect(ScriptedSocket.made).toHaveLength(6);
    expect(statuses.at(-1)).toBe('failed');
    client.connect();
    socket().open();
    expect(statuses.at(-1)).toBe('connected');
    await loseAndWait(2000);
    expect(ScriptedSocket.made).toHaveLength(8);
  });

  it('counts as one in a row until data has come, not only until it is open', async () => {
    const { client } = stage();
    client.subscribe(['BTCUSDT']);
    client.connect();
    socket().open();
    await loseAndWait(2000);
    socket().open();
    await loseAndWait(2000);
    expect(ScriptedSocket.made).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(2000);
    socket().open();
    socket().say(snapshot(1));
    await loseAndWait(2000);
    expect(ScriptedSocket.made).toHaveLength(4);
  });

  it('is spread by chance, a fifth to either side', async () => {
    for (const [random, ms] of [
      [0, 1600],
      [0.999999, 2399],
    ] as const) {
      vi.mocked(Math.random).mockReturnValue(random);
      const { client } = stage();
      client.connect();
      const attempts = ScriptedSocket.made.length;
      await loseAndWait(ms - 1);
      expect(ScriptedSocket.made).toHaveLength(attempts);
      await vi.advanceTimersByTimeAsync(2);
      expect(ScriptedSocket.made).toHaveLength(attempts + 1);
      client.disconnect();
    }
  });

  it('is polled for over HTTP from the third failure on, until the socket is back', async () => {
    const fetched: string[] = [];
    vi.stubGlobal('fetch', async (address: string) => {
      fetched.push(address);
      const { timestamp, data, checksum } = snapshot(0);
      const { levels: rows, ...shown } = data;
      const column = { timestamp, seq: 50 + fetched.length, checksum, levels: rows, ...shown };
      return { ok: true, json: async () => ({ data: [column], meta: { epoch: 'e' } }) };
    });
    const { client, snapshots } = stage();
    client.subscribe(['BTCUSDT']);
    client.connect();
    await loseAndWait(2000);
    await loseAndWait(4000);
    expect(fetched).toEqual([]);
    socket().end();
    await vi.advanceTimersByTimeAsync(5000);
    expect(fetched).toEqual([
      'http://localhost:8000/liquidations/heatmap-timeseries?symbol=BTCUSDT&interval=1m&limit=1',
    ]);
    expect(snapshots).toMatchObject([{ type: 'snapshot', symbol: 'BTCUSDT', epoch: 'e', seq: 51 }]);
    await vi.advanceTimersByTimeAsync(3000);
    socket().open();
    socket().say(snapshot(60));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(snapshots.map(({ seq }) => seq)).toEqual([51, 60]);
  });

  it('is polled for on when given up, and a poll that fails is no error', async () => {
    let polls = 0;
    vi.stubGlobal('fetch', async () => {
      polls++;
      throw new Error('refused');
    });
    const { client, statuses, errors } = stage({ maxReconnectAttempts: 0, reconnectDelay: 10 });
    client.subscribe(['BTCUSDT']);
    client.connect();
    socket().end();
    expect(statuses.at(-1)).toBe('failed');
    for (let i = 0; i < 2; i++) {
      client.connect();
      socket().end();
    }
    await vi.advanceTimersByTimeAsync(20_000);
    expect([polls, errors.length]).toEqual([0, 0]);
    const patient = stage({ maxReconnectAttempts: 3, reconnectDelay: 10 });
    patient.client.subscribe(['BTCUSDT']);
    patient.client.connect();
    for (let i = 0; i < 4; i++) await loseAndWait(100);
    expect(patient.statuses.at(-1)).toBe('failed');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(polls).toBeGreaterThan(2);
    expect(patient.errors).toEqual([]);
    patient.client.disconnect();
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([4401, 4403])('with %i is not tried again: the server will not have it unchanged', async (code) => {
    const { client, statuses, errors } = stage();
    client.connect();
    socket().open();
    socket().end(code, 'not you');
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect(ScriptedSocket.made).toHaveLength(1);
    expect(statuses.at(-1)).toBe('failed');
    expect(errors.map((error) => [error.code, error.message])).toEqual([[String(code), 'not you']]);
  });

  it('that was announced is no failure: it comes back when it was told to', async () => {
    const { client } = stage();
    client.connect();
    for (let i = 0; i < 8; i++) {
      socket().open();
      socket().say({ type: 'goaway', reconnect_after_ms: 700 });
      await loseAndWait(699);
      expect(ScriptedSocket.made).toHaveLength(i + 1);
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(ScriptedSocket.made).toHaveLength(9);
  });
});

describe('the keepalive', () => {
  it('pings every 30 s, and gives up a connection on which nothing came since', async () => {
    const { client, statuses } = stage();
    client.connect();
    client.startKeepalive();
    socket().open();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(socket().sent).toEqual([{ action: 'ping' }]);
    socket().say({ type: 'pong', timestamp: 't' });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(socket().sent).toHaveLength(2);
    expect(statuses.at(-1)).toBe('connected');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(statuses.at(-1)).toBe('disconnected');
    const [dead] = ScriptedSocket.made;
    await vi.advanceTimersByTimeAsync(2000);
    socket().open();
    dead!.say(snapshot(1));
    dead!.end();
    expect(statuses.at(-1)).toBe('connected');
  });
});

describe('disconnect', () => {
  it.each(['before it is open', 'when open', 'while waiting to come back', 'when failed'])(
    '%s leaves nothing running',
    async (when) => {
      const { client, statuses } = stage({ maxReconnectAttempts: when === 'when failed' ? 0 : 5 });
      client.subscribe(['BTCUSDT']);
      client.connect();
      client.startKeepalive();
      if (when !== 'before it is open') socket().open();
      if (when === 'while waiting to come back' || when === 'when failed') socket().end();
      client.disconnect();
      expect(vi.getTimerCount()).toBe(0);
      expect(statuses.at(-1)).toBe('disconnected');
      const attempts = ScriptedSocket.made.length;
      socket().say(snapshot(1));
      socket().end();
      await vi.advanceTimersByTimeAsync(1_000_000);
      expect(ScriptedSocket.made).toHaveLength(attempts);
      client.connect();
      expect(ScriptedSocket.made).toHaveLength(attempts + 1);
    },
  );

  it('of an address that is none is failed at once, with the error', () => {
    const errors: Error[] = [];
    const client = new HeatmapWebSocket('not an address', { onError: (error) => errors.push(error) });
    client.connect();
    expect(client.status).toBe('failed');
    expect(errors).toHaveLength(1);
  });
});
