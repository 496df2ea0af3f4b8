/** The client library against a socket and a clock that the test moves. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HeatmapWebSocket, type HeatmapWebSocketOptions } from '../../src/client/heatmap-websocket.ts';
import { checksumOf } from '../../src/client/held-picture.ts';
import type { SnapshotMessage } from '../../src/client/messages.ts';
import { ScriptedSocket } from './scripted-socket.ts';

const url = 'ws://localhost:8000/ws/heatmap';
const levels = [{ price: 100, long_density: 5, short_density: 0 }];

function snapshot(seq: number, changes: Partial<SnapshotMessage> = {}): SnapshotMessage {
  const data = { levels, current_price: 101, positions_created: 1, positions_consumed: 0 };
  const named = { epoch: 'e', seq, checksum: checksumOf(levels) };
  return { type: 'snapshot', symbol: 'BTCUSDT', timestamp: 't', ...named, data, ...changes };
}

function stage(options: HeatmapWebSocketOptions = {}) {
  const heard = {
    snapshots: [] as SnapshotMessage[],
    statuses: [] as string[],
    errors: [] as (Error & { code?: string })[],
  };
  const client = new HeatmapWebSocket(url, {
    onSnapshot: (message) => heard.snapshots.push(message),
    onStatusChange: (status) => heard.statuses.push(status),
    onError: (error) => heard.errors.push(error),
    ...options,
  });
  return { client, ...heard };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  ScriptedSocket.install();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const socket = () => ScriptedSocket.last;
/** Loses the connection and waits for the next one. */
const loseAndWait = async (ms: number) => {
  socket().end();
  await vi.advanceTimersByTimeAsync(ms);
};

describe('a client', () => {
  it('asks for what was subscribed before it was open, and for all of it again whenever it opens', async () => {
    const { client, statuses } = stage();
    client.subscribe(['BTCUSDT']);
    client.connect();
    client.subscribe(['ETHUSDT', 'BTCUSDT']);
    expect(socket().sent).toEqual([]);
    socket().open();
    expect(socket().sent).toEqual([{ action: 'subscribe', symbols: ['BTCUSDT', 'ETHUSDT'], mode: 'delta' }]);
    client.subscribe(['SOLUSDT']);
    expect(socket().sent[1]).toMatchObject({ symbols: ['SOLUSDT'] });
    client.unsubscribe(['ETHUSDT', 'NOSUCH']);
    expect(socket().sent[2]).toEqual({ action: 'unsubscribe', symbols: ['ETHUSDT'] });
    await loseAndWait(2000);
    socket().open();
    expect(socket().sent).toEqual([{ action: 'subscribe', symbols: ['BTCUSDT', 'SOLUSDT'], mode: 'delta' }]);
    expect(statuses).toEqual(['connecting', 'connected', 'disconnected', 'connecting', 'connected']);
  });

  it('names no more than ten symbols in one message', () => {
    const { client } = stage();
    client.subscribe(Array.from({ length: 23 }, (_, i) => `S${i}`));
    client.connect();
    socket().open();
    expect(socket().sent.map(({ symbols }) => (symbols as string[]).length)).toEqual([10, 10, 3]);
  });

  it('goes on after a lost connection from the picture it has', async () => {
    const { client, snapshots } = stage();
    client.subscribe(['BTCUSDT', 'ETHUSDT']);
    client.connect();
    socket().open();
    socket().say(snapshot(7));
    await loseAndWait(2000);
    socket().open();
    expect(socket().sent).toEqual([
      {
        action: 'subscribe',
        symbols: ['BTCUSDT', 'ETHUSDT'],
        mode: 'delta',
        resume: { BTCUSDT: { epoch: 'e', seq: 7 } },
      },
    ]);
    expect(snapshots.map(({ seq }) => seq)).toEqual([7]);
  });

  it('gives only whole pictures that are right, and asks again for one that is not', () => {
    const { client, snapshots, errors } = stage();
    client.subscribe(['BTCUSDT']);
    client.connect();
    socket().open();
    socket().say(snapshot(1));
    const delta = {
      ...snapshot(2),
      type: 'delta',
      prev_seq: 1,
      data: {
        scale: [1, 1],
        rounding: '7',
        levels: [],
        current_price: 102,
        positions_created: 0,
        positions_consumed: 0,
      },
      checksum: checksumOf([{ price: 100, long_density: 6, short_density: 0 }]),
    };
    socket().say(delta);
    expect(snapshots[1]).toMatchObject({
      type: 'snapshot',
      seq: 2,
      data: { current_price: 102, levels: [{ price: 100, long_density: 6, short_density: 0 }] },
    });
    expect(snapshots[1]!.data).not.toHaveProperty('scale');
    socket().say({ ...delta, seq: 9, prev_seq: 5 });
    expect(socket().sent[1]).toEqual({ action: 'subscribe', symbols: ['BTCUSDT'], mode: 'delta' });
    socket().say(snapshot(9));
    socket().say({ ...delta, seq: 10, prev_seq: 9, checksum: 1 });
    expect(socket().sent[2]).toEqual({ action: 'subscribe', symbols: ['BTCUSDT'], mode: 'delta' });
    expect(snapshots.map(({ seq }) => seq)).toEqual([1, 2, 9]);
    expect(errors.map(({ message }) => message)).toEqual(['a picture of BTCUSDT was damaged, and is asked for again']);
  });

  it('does not ask for ever on a link that damages everything: it comes back later, as after a loss', async () => {
    const { client, statuses } = stage();
    client.subscribe(['BTCUSDT']);
    client.connect();
    socket().open();
    for (let i = 0; i < 3; i++) socket().say(snapshot(i, { checksum: 1 }));
    expect(socket().sent).toHaveLength(3);
    expect(socket().closedWith).toBeDefined();
    expect(statuses.at(-1)).toBe('disconnected');
  });

  it.each(['', 'garbage', '[]', 'null', '7', '{"type":"snapshot"', '{"type":"snapshot","symbol":"BTCUSDT"}'])(
    'reports what it does not understand, and goes on: %s',
    (text) => {
      const { client, snapshots, errors } = stage();
      client.subscribe(['BTCUSDT']);
      client.connect();
      socket().open();
      socket().say(text);
      expect(errors.length).toBeLessThanOrEqual(1);
      if (!text.startsWith('[')) expect(errors).toHaveLength(1);
      socket().say(snapshot(1));
      expect(snapshots).toHaveLength(1);
    },
  );

  it('passes on what the server refuses, with its code, and ignores what it does not know', () => {
    const { client, errors } = stage();
    client.connect();
    socket().open();
    socket().say({ type: 'error', code: 'INVALID_SYMBOL', message: "Symbol 'X' not supported." });
    socket().say({ type: 'of a later version' });
    socket().say({ type: 'pong', timestamp: 't' });
    expect(errors.map(({ code, message }) => [code, message])).toEqual([
      ['INVALID_SYMBOL', "Symbol 'X' not supported."],
    ]);
  });

  it('is slow from the warning until data flows again', () => {
    const warnings: unknown[] = [];
    const { client, statuses } = stage({ onWarning: (warning) => warnings.push(warning) });
    client.subscribe(['BTCUSDT']);
    client.connect();
    socket().open();
    socket().say({ type: 'warning', code: 'SLOW_CONSUMER', message: 'm', dropped_messages: 3 });
    socket().say({ type: 'warning', code: 'CONNECTION_UNSTABLE', message: 'm' });
    expect(statuses.at(-1)).toBe('slow');
    socket().say(snapshot(1));
    expect(statuses).toEqual(['connecting', 'connected', 'slow', 'connected']);
    expect(warnings).toHaveLength(2);
  });

  it('leaves errors of the page to the page', async () => {
    const thrown = new Error('in the page');
    const { client } = stage({
      onSnapshot: () => {
        throw thrown;
      },
    });
    const uncaught: unknown[] = [];
    const stub = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) => {
      try {
        task();
      } catch (error) {
        uncaught.push(error);
      }
    });
    client.subscribe(['BTCUSDT']);
    client.connect();
    socket().open();
    socket().say(snapshot(1));
    stub.mockRestore();
    expect(uncaught).toEqual([thrown]);
  });
});

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
