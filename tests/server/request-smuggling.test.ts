/**
 * Requests on raw sockets that two servers could read differently, that are too large or too slow: each gets one answer and the end of
 * its connection. What is hidden behind them is never served, and a bystander's connection never hears of it.
 */
import { describe, expect, it } from 'vitest';
import { exchange, type Harness, openTcp, readToEnd, startServer, upgradeText } from './harness.ts';

const hidden = 'GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
const head = 'GET /health/live HTTP/1.1\r\nHost: x\r\n';

const statusesOf = (answers: string) =>
  [...answers.matchAll(/^HTTP\/1\.1 (\d+) /gm)].map(([, status]) => Number(status));

/** A connection that is kept alive beside the others. */
async function bystander({ port }: Harness) {
  const socket = await openTcp(port);
  let heard = '';
  let wake = () => {};
  socket.on('data', (chunk) => {
    heard += chunk;
    wake();
  });
  return async () => {
    const before = heard.length;
    socket.write('GET /health/ready HTTP/1.1\r\nHost: bystander\r\n\r\n');
    while (!heard.slice(before).includes('assumptions')) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    expect(statusesOf(heard.slice(before))).toEqual([200]);
  };
}

describe('a request whose end is ambiguous', () => {
  it.each([
    ['a length and chunks', `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['chunks and a length', `${head}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`],
    ['two lengths', `${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
    ['one length twice', `${head}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`],
    ['a list of lengths', `${head}Content-Length: 5, 6\r\n\r\nhello`],
    ['a length with a sign', `${head}Content-Length: +5\r\n\r\nhello`],
    ['a negative length', `${head}Content-Length: -5\r\n\r\nhello`],
    ['a length in another notation', `${head}Content-Length: 0x5\r\n\r\nhello`],
    ['an empty length', `${head}Content-Length: \r\n\r\n`],
    ['a length beyond 64 bits', `${head}Content-Length: 18446744073709551621\r\n\r\nhello`],
    ['an encoding that is none', `${head}Transfer-Encoding: identity\r\n\r\n`],
    ['an encoding that is not known', `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['another encoding', `${head}Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n`],
    ['chunks that are not last', `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
    ['two encodings', `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`],
    ['an encoding behind a control character', `${head}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`],
    ['a space before the colon', `${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
    ['chunks in HTTP/1.0', 'GET / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['chunks of no size', `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n`],
    ['chunks of a negative size', `${head}Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n`],
    ['chunks beyond 64 bits', `${head}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n`],
    ['chunks with bare line feeds', `${head}Transfer-Encoding: chunked\r\n\r\n0\n\n`],
    ['a folded header', `${head}X-A: 1\r\n 2\r\n\r\n`],
    ['a folded encoding', `${head}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`],
    ['a header before the first', 'GET / HTTP/1.1\r\n Host: x\r\n\r\n'],
    ['bare line feeds', 'GET / HTTP/1.1\nHost: x\n\n'],
    ['a bare line feed behind a header', `${head}X-A: 1\nX-B: 2\r\n\r\n`],
    ['a bare line feed at the end', `${head}X-A: 1\r\n\n`],
    ['a bare carriage return', `${head}X-A: 1\rX-B: 2\r\n\r\n`],
    ['a NUL', `${head}X-A: 1\x002\r\n\r\n`],
    ['a space in a name', `${head}X A: 1\r\n\r\n`],
    ['a header without a name', `${head}: 1\r\n\r\n`],
    ['a header without a colon', `${head}Hello\r\n\r\n`],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
    ['two Hosts', `${head}Host: y\r\n\r\n`],
    ['no version', 'GET /health\r\n\r\n'],
    ['a version of its own', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a space in its target', 'GET /hea lth HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a control character in its target', 'GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a method of its own', 'FETCH / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['an upgrade with a body', upgradeText({ 'Content-Length': '5' })],
    ['an upgrade in chunks', upgradeText({ 'Transfer-Encoding': 'chunked' })],
    ['an upgrade with two Hosts', upgradeText({ host: 'y' })],
  ])('by %s is 400, alone and the last of its connection', async (_what, request) => {
    const harness = await startServer();
    const ask = await bystander(harness);
    await ask();
    expect(statusesOf(await exchange(harness.port, request + hidden))).toEqual([400]);
    await ask();
    expect(harness.gate.asked).toEqual([]);
    expect(harness.failures).toEqual([]);
  });

  it('that asks for a tunnel is told that there is none', async () => {
    const harness = await startServer();
    const answer = await exchange(harness.port, `CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n${hidden}`);
    expect(statusesOf(answer)).toEqual([405]);
  });

  it.each([
    ['a length', 'Content-Length: 5\r\n\r\nhello'],
    ['chunks', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
  ])('by no means, with a body of %s, is answered and the last of its connection', async (_what, rest) => {
    const harness = await startServer();
    expect(statusesOf(await exchange(harness.port, head + rest + hidden))).toEqual([200]);
  });
});

describe('a request that is too large', () => {
  it.each([
    ['by one header', `${head}X-A: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['by its target', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['by many headers', `${head}${Array.from({ length: 4000 }, (_, i) => `a${i}: 1\r\n`).join('')}\r\n`],
    ['by an upgrade', upgradeText({ 'X-A': 'x'.repeat(20_000) })],
  ])('%s is 431, alone and the last of its connection', async (_what, request) => {
    const harness = await startServer();
    const ask = await bystander(harness);
    expect(statusesOf(await exchange(harness.port, request + hidden))).toEqual([431]);
    await ask();
  });
});

describe('a request that is too slow', () => {
  it('though it never stands still is 408 when its time is over', async () => {
    const harness = await startServer({ headerTimeoutMs: 100, requestTimeoutMs: 100, timeoutCheckMs: 10 });
    const socket = await openTcp(harness.port);
    socket.write(`${head}X-Slow: `);
    const drip = setInterval(() => socket.write('x'), 5);
    socket.on('error', () => {});
    const answer = await readToEnd(socket);
    clearInterval(drip);
    expect(statusesOf(answer)).toEqual([408]);
  });

  it('after others of its connection is 408 as well', async () => {
    const harness = await startServer({ headerTimeoutMs: 100, requestTimeoutMs: 100, timeoutCheckMs: 10 });
    expect(statusesOf(await exchange(harness.port, `${head}\r\n${head}X-`))).toEqual([200, 408]);
  });
});

describe('requests in one go', () => {
  it('are answered in their order, however many', async () => {
    const harness = await startServer();
    const paths = Array.from({ length: 300 }, (_, i) => `/nothing-${i}`);
    const requests = paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join('');
    const answers = await exchange(harness.port, requests + hidden);
    expect([...answers.matchAll(/'(\/nothing-\d+)'/g)].map(([, path]) => path)).toEqual(paths);
    expect(statusesOf(answers)).toEqual([...paths.map(() => 404), 200]);
  });

  it('stay within their own connection', async () => {
    const harness = await startServer();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => {
        const requests = Array.from({ length: 10 }, (__, j) => `GET /c${i}-${j} HTTP/1.1\r\nHost: x\r\n\r\n`);
        return exchange(harness.port, requests.join('') + hidden);
      }),
    );
    for (const [i, answer] of answers.entries()) {
      const own = [...answer.matchAll(/'\/c(\d+)-(\d+)'/g)].map(
        ([, connection, request]) => `${connection}-${request}`,
      );
      expect(own).toEqual(Array.from({ length: 10 }, (_, j) => `${i}-${j}`));
    }
  });

  it('end with the first that is wrong, and nothing behind it is served', async () => {
    const harness = await startServer();
    const answers = await exchange(harness.port, `${head}\r\n${head}X A: 1\r\n\r\n${hidden}`);
    expect(statusesOf(answers).at(-1)).toBe(400);
    expect(answers).not.toContain('up 1');
  });
});

describe('every answer', () => {
  it.each(['/health', '/nothing', '/docs', '/js/websocket-client.js', '/openapi.json', '/ws/heatmap', '/metrics'])(
    'says what it may be used for: %s',
    async (path) => {
      const { headers } = await fetch((await startServer()).origin + path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('server')).toBeNull();
    },
  );
});
