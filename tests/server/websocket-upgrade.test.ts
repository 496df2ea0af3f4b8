import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { exchange, host, nextMessage, openClient, openTcp, readToEnd, startServer, upgradeText } from './harness.ts';

/** An answer as bytes, taken apart; throws when it is not one complete answer. */
function taken(answer: string) {
  const end = answer.indexOf('\r\n\r\n');
  const [statusLine, ...lines] = answer.slice(0, end).split('\r\n');
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  const body = answer.slice(end + 4);
  expect(headers.get('connection')).toBe('close');
  expect(headers.get('content-length')).toBe(String(Buffer.byteLength(body)));
  expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(body).toMatch(/^[^\n]+\n$/);
  return { statusLine, headers, reason: body.trimEnd() };
}

describe('an upgrade', () => {
  it('opens a socket that knows its peer', async () => {
    const harness = await startServer();
    const client = await openClient(harness, { 'X-Forwarded-For': '198.51.100.9' });
    client.send('hello');
    expect(await nextMessage(client)).toBe('hello');
    expect(harness.gate.asked).toEqual([host]);
    expect(harness.gate.recordings[0]!.socket.remoteAddress).toBe(host);
    expect(harness.refusals).toEqual([]);
  });

  it('may carry a query', async () => {
    const harness = await startServer();
    const answer = await openTcp(harness.port);
    answer.write(upgradeText({}, 'GET /ws/heatmap?token=x HTTP/1.1'));
    const [head] = await new Promise<Buffer[]>((resolve) => answer.once('data', (data) => resolve([data])));
    expect(String(head)).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
  });

  it('agrees to compress each message on its own with a client that offers compression, unless it is switched off', async () => {
    const offer = { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' };
    const agreed = await openClient(await startServer(), offer);
    expect(agreed.extensions).toBe('permessage-deflate');
    const declined = await openClient(await startServer({ webSocket: { compression: false } }), offer);
    expect(declined.extensions).toBe('');
  });

  it('chooses no subprotocol, since there is none', async () => {
    const { port } = await startServer();
    const tcp = await openTcp(port);
    tcp.write(upgradeText({ 'Sec-WebSocket-Protocol': 'chat, superchat' }));
    const [head] = await once(tcp, 'data');
    expect(String(head)).toMatch(/^HTTP\/1\.1 101 /);
    expect(String(head)).not.toMatch(/sec-websocket-protocol/i);
  });

  it('takes frames that were sent together with it', async () => {
    const harness = await startServer();
    const opened = harness.gate.opened();
    const socket = await openTcp(harness.port);
    const maskedHi = Buffer.of(0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69);
    socket.write(Buffer.concat([Buffer.from(upgradeText()), maskedHi]));
    expect(await (await opened).first('text')).toEqual({ kind: 'text', text: 'hi' });
  });
});

describe('a bad upgrade', () => {
  it.each([
    [
      'the key "test"',
      { 'Sec-WebSocket-Key': 'test' },
      "Sec-WebSocket-Key must be 16 random bytes in base64, not 'test'.",
    ],
    ['no key', { 'Sec-WebSocket-Key': null }, 'Sec-WebSocket-Key must be 16 random bytes in base64, not missing.'],
    ['version 8', { 'Sec-WebSocket-Version': '8' }, "Sec-WebSocket-Version must be 13, not '8'."],
    ['no version', { 'Sec-WebSocket-Version': null }, 'Sec-WebSocket-Version must be 13, not missing.'],
  ])('with %s is 400 and says why', async (_what, headers, reason) => {
    const { port, refusals, gate } = await startServer();
    const answer = taken(await exchange(port, upgradeText(headers)));
    expect(answer.statusLine).toBe('HTTP/1.1 400 Bad Request');
    expect(answer.reason).toBe(reason);
    expect(refusals).toEqual([{ status: 400, cause: 'bad_handshake', reason }]);
    expect(gate.recordings).toEqual([]);
  });

  it('names the version that is spoken', async () => {
    const { port } = await startServer();
    const { headers } = taken(await exchange(port, upgradeText({ 'Sec-WebSocket-Version': '7' })));
    expect(headers.get('sec-websocket-version')).toBe('13');
  });

  it('somewhere else is 404 and says where the stream is', async () => {
    const { port } = await startServer();
    for (const path of ['/', '/health', '/ws/heatmap/', '/ws/nothing']) {
      const answer = taken(await exchange(port, upgradeText({}, `GET ${path} HTTP/1.1`)));
      expect(answer.statusLine).toBe('HTTP/1.1 404 Not Found');
      expect(answer.reason).toBe(`There is no WebSocket at '${path}'. Connect to /ws/heatmap`);
    }
  });

  it('with another method is 405', async () => {
    const { port } = await startServer();
    const answer = taken(await exchange(port, upgradeText({}, 'POST /ws/heatmap HTTP/1.1')));
    expect(answer.statusLine).toBe('HTTP/1.1 405 Method Not Allowed');
    expect(answer.headers.get('allow')).toBe('GET');
  });

  it('does not keep its socket: who does not hang up after a refusal is cut off', async () => {
    const { port } = await startServer({ webSocket: { refusalTimeoutMs: 20 } });
    const socket = await openTcp(port);
    socket.write(upgradeText({ 'Sec-WebSocket-Key': 'test' }));
    taken(await readToEnd(socket));
    const cutOff = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => {});
    // The other end is gone: what is written now is answered with a reset, sooner or later.
    const write = () => {
      if (!socket.destroyed) socket.write('more', () => setImmediate(write));
    };
    write();
    await cutOff;
  });
});

describe('the origin', () => {
  const allowedOrigins = ['https://heat.example', 'http://localhost:8080'];

  it.each(['https://heat.example', 'HTTPS://HEAT.EXAMPLE', 'http://localhost:8080'])(
    '%s is let in when it is allowed',
    async (origin) => {
      const harness = await startServer({ webSocket: { allowedOrigins } });
      await openClient(harness, { Origin: origin });
    },
  );

  it.each(['https://evil.example', 'https://heat.example.evil.example', 'http://heat.example', 'null'])(
    '%s is refused when others are allowed',
    async (origin) => {
      const { port, gate } = await startServer({ webSocket: { allowedOrigins } });
      const answer = taken(await exchange(port, upgradeText({ Origin: origin })));
      expect(answer.statusLine).toBe('HTTP/1.1 403 Forbidden');
      expect(answer.reason).toBe(
        `Origin '${origin}' may not connect. The operator allows origins with WS_ALLOWED_ORIGINS.`,
      );
      expect(gate.asked).toEqual([]);
    },
  );

  it('is not asked of a client that sends none, nor of anybody when none is configured', async () => {
    await openClient(await startServer({ webSocket: { allowedOrigins } }));
    await openClient(await startServer(), { Origin: 'https://anywhere.example' });
  });

  it('cannot be hidden in the header of an older version', async () => {
    const { port } = await startServer({ webSocket: { allowedOrigins } });
    const headers = { 'Sec-WebSocket-Version': '8', 'Sec-WebSocket-Origin': 'https://evil.example' };
    expect(await exchange(port, upgradeText(headers))).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('a server that has no place', () => {
  it('because the gate refuses answers 503 with the gate’s reason and when to try again', async () => {
    const { port, gate } = await startServer();
    gate.admission = { admitted: false, cause: 'full', reason: 'all 1000 connections are taken', retryAfterSeconds: 7 };
    const answer = taken(await exchange(port, upgradeText()));
    expect(answer.statusLine).toBe('HTTP/1.1 503 Service Unavailable');
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(answer.reason).toBe('No connection now: all 1000 connections are taken. Try again in 7 s.');
    expect(gate.recordings).toEqual([]);
  });

  it('because WebSockets are switched off answers 503 and says so', async () => {
    const { port, gate } = await startServer({ webSocket: { enabled: false } });
    const answer = taken(await exchange(port, upgradeText()));
    expect(answer.statusLine).toBe('HTTP/1.1 503 Service Unavailable');
    const retryAfter = Number(answer.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThanOrEqual(5);
    expect(retryAfter).toBeLessThanOrEqual(10);
    expect(answer.reason).toContain('WS_ENABLED');
    expect(gate.asked).toEqual([]);
  });

  it('because it is stopping answers 503, while those who are in stay in', async () => {
    const harness = await startServer();
    const client = await openClient(harness);
    harness.views.stopping = true;
    const answer = taken(await exchange(harness.port, upgradeText()));
    expect(answer.statusLine).toBe('HTTP/1.1 503 Service Unavailable');
    expect(answer.reason).toContain('shutting down');
    client.send('still here');
    expect(await nextMessage(client)).toBe('still here');
  });

  it('is seen as an error with that status by a client', async () => {
    const { port, gate } = await startServer();
    gate.admission = { admitted: false, cause: 'full', reason: 'full', retryAfterSeconds: 1 };
    const client = new WebSocket(`ws://${host}:${port}/ws/heatmap`);
    const error = await new Promise<Error>((resolve) => client.once('error', resolve));
    expect(error.message).toBe('Unexpected server response: 503');
  });
});

describe('a gate that fails', () => {
  it('costs the connection, with 1011, and is reported', async () => {
    const harness = await startServer();
    harness.gate.open = () => {
      throw new Error('no actor');
    };
    const client = new WebSocket(`ws://${host}:${harness.port}/ws/heatmap`);
    const code = await new Promise<number>((resolve) => client.once('close', resolve));
    expect(code).toBe(1011);
    expect(harness.failures).toEqual([{ path: '/ws/heatmap', error: new Error('no actor') }]);
  });
});
