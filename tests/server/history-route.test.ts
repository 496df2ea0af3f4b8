import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { host, startServer } from './harness.ts';

const path = '/liquidations/heatmap-timeseries?symbol=BTCUSDT';

/** An answer in pieces that waits before each until it is asked for, and notes how it ended. */
function pieces(list: readonly string[]) {
  const state = { given: 0, ended: Promise.withResolvers<'read' | 'left'>() };
  async function* read(): AsyncGenerator<Uint8Array> {
    let how: 'read' | 'left' = 'left';
    try {
      for (const piece of list) {
        state.given++;
        yield Buffer.from(piece);
      }
      how = 'read';
    } finally {
      state.ended.resolve(how);
    }
  }
  return { state, read };
}

const answer = (read: () => AsyncIterable<Uint8Array>, isOver = true) =>
  ({ outcome: 'answer', etag: '"tag-1"', isOver, read: async () => read() }) as const;

describe('the time series over HTTP', () => {
  it('is streamed in pieces, with its tag, and may be kept for ever when its range is over', async () => {
    const { origin, views } = await startServer();
    views.past = answer(pieces(['{"data":[', '],', '"meta":{}}']).read);
    const response = await fetch(origin + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('etag')).toBe('"tag-1"');
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(await response.json()).toEqual({ data: [], meta: {} });
    views.past = answer(pieces(['{}']).read, false);
    expect((await fetch(origin + path)).headers.get('cache-control')).toBe('no-cache');
  });

  it.each(['"tag-1"', 'W/"tag-1"', '"other", "tag-1"', '*'])(
    'is not sent again to whoever has it (%s)',
    async (tag) => {
      const { origin, views } = await startServer();
      views.past = answer(() => expect.unreachable());
      const response = await fetch(origin + path, { headers: { 'If-None-Match': tag } });
      expect(response.status).toBe(304);
      expect(response.headers.get('etag')).toBe('"tag-1"');
      expect(await response.text()).toBe('');
    },
  );

  it('is sent to whoever has another one, and only its head to HEAD', async () => {
    const { origin, views } = await startServer();
    views.past = answer(pieces(['{}']).read);
    expect((await fetch(origin + path, { headers: { 'If-None-Match': '"other"' } })).status).toBe(200);
    views.past = answer(() => expect.unreachable());
    const head = await fetch(origin + path, { method: 'HEAD' });
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, '"tag-1"', '']);
  });

  it('is refused with a code, what to do, and when to come back', async () => {
    const { origin, views } = await startServer();
    views.past = { outcome: 'refused', status: 503, code: 'OVERLOADED', message: 'Later.', retryAfterSeconds: 7 };
    const response = await fetch(origin + path);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(await response.json()).toEqual({ code: 'OVERLOADED', message: 'Later.' });
    expect((await fetch(`${origin}${path}&interval=2m`)).status).toBe(400);
  });

  it('is left off when the client leaves', async () => {
    const { port, views } = await startServer();
    const endless = pieces(new Array(10_000).fill('x'.repeat(65_536)));
    views.past = answer(endless.read);
    const client = connect(port, host);
    client.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(client, 'data');
    client.destroy();
    expect(await endless.state.ended.promise).toBe('left');
    expect(endless.state.given).toBeLessThan(10_000);
  });

  it('is made no faster than a client takes it, and one that takes nothing is cut off', async () => {
    const { port, views } = await startServer({ stalledReaderTimeoutMs: 300 });
    const endless = pieces(new Array(10_000).fill('x'.repeat(65_536)));
    views.past = answer(endless.read);
    const client = connect(port, host);
    client.on('error', () => {});
    client.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    client.pause();
    expect(await endless.state.ended.promise).toBe('left');
    // What the kernel's buffers and the stream's take.
    expect(endless.state.given * 65_536).toBeLessThan(64 * 1024 * 1024);
    client.destroy();
  });

  it('that breaks half-way is cut off, so that nobody takes it for whole, and the next request is served', async () => {
    const { origin, views, failures } = await startServer();
    views.past = answer(async function* () {
      yield Buffer.from('{"data":[');
      throw new Error('the worker died');
    });
    await expect(fetch(origin + path).then((response) => response.text())).rejects.toThrow();
    expect(failures.length).toBe(1);
    views.past = answer(pieces(['{}']).read);
    expect((await fetch(origin + path)).status).toBe(200);
  });
});
