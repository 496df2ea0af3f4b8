/** The opening handshake of RFC 6455 at its edges, beside the ordinary cases of `websocket-upgrade.test.ts` and `rfc6455.test.ts`. */
import { describe, expect, it } from 'vitest';
import { closeFrame, textFrame } from '../../src/protocol/websocket-frame.ts';
import { close, RawWebSocket, text } from '../support/raw-websocket.ts';
import { exchange, openTcp, readToEnd, startServer, upgradeText } from './harness.ts';

describe('RFC 6455, 4.2.1: the request', () => {
  it.each([
    ['in HTTP/1.0', upgradeText({}, 'GET /ws/heatmap HTTP/1.0')],
    ['without Host', upgradeText({ Host: null })],
    ['with two keys', upgradeText({ 'sec-websocket-key': 'AQIDBAUGBwgJCgsMDQ4PEA==' })],
    ['with an empty key', upgradeText({ 'Sec-WebSocket-Key': '' })],
    ['with a key of 15 bytes', upgradeText({ 'Sec-WebSocket-Key': Buffer.alloc(15, 7).toString('base64') })],
    ['with a key of 17 bytes', upgradeText({ 'Sec-WebSocket-Key': Buffer.alloc(17, 7).toString('base64') })],
    ['with a key in another alphabet', upgradeText({ 'Sec-WebSocket-Key': '-_hlIHNhbXBsZSBub25jZQ==' })],
  ])('%s is 400', async (_what, request) => {
    const { port } = await startServer();
    // A request that is taken for good has no end to wait for; its socket is told apart by what it says first.
    expect(await firstLine(port, request)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it.each(['', '8', '12', '14', '013', '13, 8', '13, 13'])(
    'of version "%s" is 400 and is told the version',
    async (version) => {
      const answer = await exchange((await startServer()).port, upgradeText({ 'Sec-WebSocket-Version': version }));
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toMatch(/^Sec-WebSocket-Version: 13\r$/m);
    },
  );

  it.each([{ Connection: null }, { Connection: 'keep-alive' }, { Upgrade: null }, { Upgrade: 'websocket2' }])(
    'that asks for no upgrade is an ordinary one, answered 426: %o',
    async (headers) => {
      const { port, gate } = await startServer();
      const tcp = await openTcp(port);
      tcp.end(upgradeText(headers));
      const answer = await readToEnd(tcp);
      expect(answer).toMatch(/^HTTP\/1\.1 426 /);
      expect(answer).toMatch(/^Upgrade: websocket\r$/m);
      expect(gate.asked).toEqual([]);
    },
  );

  it('may name its headers in any case, pad their values, and say more than is understood', async () => {
    const { port } = await startServer();
    const request = [
      'GET /ws/heatmap HTTP/1.1',
      'HOST: localhost',
      'connection: keep-alive,  UPGRADE',
      'uPGRADE:   WEBSOCKET  ',
      'SEC-WEBSOCKET-VERSION:13',
      'sec-websocket-key: \t dGhlIHNhbXBsZSBub25jZQ==  ',
      'Sec-WebSocket-Mystery: 1',
    ];
    expect(await firstLine(port, `${request.join('\r\n')}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 101 /);
  });

  it('may name the whole address', async () => {
    const { port } = await startServer();
    const request = upgradeText({}, `GET http://localhost:${port}/ws/heatmap HTTP/1.1`);
    expect(await firstLine(port, request)).toMatch(/^HTTP\/1\.1 101 /);
  });

  it('may arrive a byte at a time, with a frame behind it', async () => {
    const { port } = await startServer();
    const tcp = await openTcp(port);
    tcp.setNoDelay(true);
    const all = Buffer.concat([Buffer.from(upgradeText()), text('hello'), close(1000)]);
    for (const byte of all) await new Promise<void>((resolve) => tcp.write(Buffer.of(byte), () => resolve()));
    const behind = Buffer.concat([textFrame('hello'), closeFrame(1000, '')]).toString();
    expect((await readToEnd(tcp)).split('\r\n\r\n')[1]).toBe(behind);
  });

  it('may have the first half of a frame on its heels', async () => {
    const { port } = await startServer();
    const bytes = text('hello');
    for (let cut = 1; cut < bytes.length; cut++) {
      const raw = await RawWebSocket.open(port, {}, bytes.subarray(0, cut));
      raw.send(bytes.subarray(cut));
      expect((await raw.next())?.payload.toString()).toBe('hello');
    }
  });
});

/** The status line of an answer that need not end. */
async function firstLine(port: number, request: string): Promise<string> {
  const tcp = await openTcp(port);
  tcp.write(request);
  let answer = '';
  for await (const chunk of tcp) {
    answer += chunk;
    if (answer.includes('\r\n')) break;
  }
  return answer.slice(0, answer.indexOf('\r\n'));
}
