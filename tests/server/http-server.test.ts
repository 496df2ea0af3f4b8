import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { healthSchema, statsSchema } from '../../src/protocol/http-view.ts';
import { ListenError } from '../../src/server/listen-error.ts';
import { closeOf, exchange, host, nextMessage, openClient, openTcp, readToEnd, startServer } from './harness.ts';

describe('a request', () => {
  it('for health is answered with the whole view', async () => {
    const { origin, views } = await startServer();
    for (const path of ['/health', '/health/live', '/health/ready', '/health?verbose=1']) {
      const response = await fetch(origin + path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(healthSchema.parse(await response.json())).toEqual(views.health());
    }
  });

  it('for readiness is 503 before recovery has finished and while stopping, and live is 200 all along', async () => {
    const { origin, views } = await startServer();
    const statusOf = async (path: string) => (await fetch(origin + path)).status;
    views.ready = false;
    expect([await statusOf('/health/ready'), await statusOf('/health/live')]).toEqual([503, 200]);
    views.ready = true;
    expect([await statusOf('/health/ready'), await statusOf('/health/live')]).toEqual([200, 200]);
    views.stopping = true;
    expect([await statusOf('/health/ready'), await statusOf('/health/live')]).toEqual([503, 200]);
    expect(await statusOf('/health')).toBe(200);
  });

  it('for stats is answered with at least what the quickstart shows', async () => {
    const { origin, views } = await startServer();
    const stats = statsSchema.parse(await (await fetch(`${origin}/ws/stats`)).json());
    expect(stats).toEqual(await views.stats());
    expect(stats).toMatchObject({
      active_connections: 5,
      messages_sent_1m: 120,
      slow_consumers: 0,
      subscriptions_by_symbol: { BTCUSDT: 3, ETHUSDT: 2 },
      subscriptions_by_channel: { heatmap: 5, liquidations: 1 },
    });
  });

  it('for the stream without an upgrade is told to upgrade', async () => {
    const { port } = await startServer();
    const text = await exchange(port, `GET /ws/heatmap HTTP/1.1\r\nHost: x\r\n\r\n${lastRequest}`);
    expect(text).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
    expect(text).toMatch(/\r\nUpgrade: websocket\r\n/);
    expect(text).toMatch(/\r\nConnection: Upgrade\r\n/);
    expect(text).toContain('connect to it with a WebSocket client');
  });

  it('for anything else is 404 and names what there is', async () => {
    const { origin } = await startServer();
    for (const path of ['/nothing', '/health/', '/ws', '/../health/x', `/${'x'.repeat(5000)}`]) {
      const response = await fetch(origin + path);
      expect(response.status).toBe(404);
      const body = (await response.json()) as { code: string; message: string };
      expect(body.code).toBe('NOT_FOUND');
      expect(body.message).toContain('/ws/heatmap');
      expect(body.message.length).toBeLessThan(300);
    }
  });

  it('with another method is 405 and says which there are', async () => {
    const { origin } = await startServer();
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      for (const path of ['/health', '/ws/heatmap', '/']) {
        const response = await fetch(origin + path, { method });
        expect(response.status).toBe(405);
        expect(response.headers.get('allow')).toBe('GET, HEAD');
        expect(await response.json()).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
      }
    }
  });

  it('with HEAD is answered like GET, without the body', async () => {
    const { origin } = await startServer();
    const got = await fetch(`${origin}/health`);
    const head = await fetch(`${origin}/health`, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(String((await got.arrayBuffer()).byteLength));
    expect(await head.text()).toBe('');
  });

  it('that offers another protocol than WebSocket is answered in this one', async () => {
    const { port } = await startServer();
    const offer = 'GET /health HTTP/1.1\r\nHost: x\r\nConnection: close, Upgrade\r\nUpgrade: h2c\r\n\r\n';
    expect(await exchange(port, offer)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('with a body is answered at once, without waiting for the body, and is the last of its connection', async () => {
    const { port } = await startServer();
    const answer = await exchange(port, 'GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n{');
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toMatch(/\r\nConnection: close\r\n/);
  });

  it('that this program fails to answer is 500 without details, which go to the observer', async () => {
    const { origin, views, failures } = await startServer();
    views.broken = true;
    const response = await fetch(`${origin}/health`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('the book is gone');
    expect(failures).toEqual([{ path: '/health', error: new Error('the book is gone') }]);
    expect((await fetch(`${origin}/ws/stats`)).status).toBe(200);
  });
});

describe('a peer', () => {
  it('that connects and says nothing is cut off by the header timeout', async () => {
    const { port } = await startServer({ headerTimeoutMs: 50, requestTimeoutMs: 50, timeoutCheckMs: 10 });
    const socket = await openTcp(port);
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  });

  it('that never ends its headers is cut off by the header timeout', async () => {
    const { port } = await startServer({ headerTimeoutMs: 50, requestTimeoutMs: 50, timeoutCheckMs: 10 });
    expect(await exchange(port, 'GET /health HTTP/1.1\r\nHost: x\r\nX-')).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('whose headers are too large is refused', async () => {
    const { port } = await startServer({ maxHeaderBytes: 1024 });
    const request = `GET /health HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(2000)}\r\n\r\n`;
    expect(await exchange(port, request)).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('that does not speak HTTP is refused', async () => {
    const { port } = await startServer();
    expect(await exchange(port, '\x16\x03\x01\x02\x00\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('beyond the sockets there are is cut off, and the others are served on', async () => {
    const harness = await startServer({ maxSockets: 2 });
    const client = await openClient(harness);
    const second = await openTcp(harness.port);
    const third = connect({ host, port: harness.port });
    await once(third, 'close');
    client.send('still here');
    expect(await nextMessage(client)).toBe('still here');
    second.destroy();
  });
});

describe('the server', () => {
  it('says which port is in use and how to choose another', async () => {
    const first = await startServer();
    const second = await startServer();
    const failed = await second.server
      .stop()
      .then(() => second.server.listen(host, first.port).catch((error) => error));
    expect(failed).toBeInstanceOf(ListenError);
    expect(failed.message).toBe(`PORT ${first.port} is already in use on ${host}; choose another with --port`);
    expect(failed.cause.code).toBe('EADDRINUSE');
  });

  it('can listen again after it failed to', async () => {
    const first = await startServer();
    const second = await startServer();
    await second.server.stop();
    await expect(second.server.listen(host, first.port)).rejects.toThrow('already in use');
    const { port } = await second.server.listen(host, 0);
    expect((await fetch(`http://${host}:${port}/health`)).status).toBe(200);
  });

  it.each(['203.0.113.7', 'no-such-host.invalid'])('says that %s is no host it can listen on', async (badHost) => {
    const { server } = await startServer();
    await server.stop();
    await expect(server.listen(badHost, 0)).rejects.toThrow(
      `HOST '${badHost}' is not an address of this machine; choose 0.0.0.0 (all) or 127.0.0.1 (this machine only) with --host`,
    );
  });

  it('stops with clients of all kinds still there, and lets go of its port', async () => {
    const harness = await startServer();
    const client = await openClient(harness);
    const silent = await openTcp(harness.port);
    await fetch(`${harness.origin}/health`);
    const [recording] = harness.gate.recordings;
    const closed = closeOf(client);
    silent.on('error', () => {});
    await harness.server.stop();
    expect((await closed).code).toBe(1006);
    expect((await recording!.first('closed')).code).toBe(1006);
    await expect(fetch(`${harness.origin}/health`)).rejects.toThrow();
    const again = await startServer();
    await again.server.stop();
    await again.server.listen(host, harness.port);
  });

  it('stops even when a client takes nothing', async () => {
    const harness = await startServer({ stopTimeoutMs: 50 });
    const client = await openClient(harness);
    const [recording] = harness.gate.recordings;
    client.pause();
    recording!.socket.write(new Uint8Array(32 * 1024 * 1024), null);
    expect(recording!.socket.bufferedBytes).toBeGreaterThan(0);
    await harness.server.stop();
    expect((await recording!.first('closed')).code).toBe(1006);
  });
});

/** Ends a connection that is kept alive. */
const lastRequest = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
