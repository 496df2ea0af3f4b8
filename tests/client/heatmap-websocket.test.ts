/** What the client library asks for and gives out. */
import { describe, expect, it, vi } from 'vitest';
import { checksumOf } from '../../src/client/held-picture.ts';
import { loseAndWait, snapshot, socket, stage, useScriptedSockets } from './client-stage.ts';

useScriptedSockets();

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
