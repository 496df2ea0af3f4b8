/** Requests as raw bytes on a socket of the server: answers in HTTP or none, and the connection ends. */
import type { Dice } from '../../tests/simulation/dice.ts';
import type { FuzzServer } from './fuzz-server.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { mutatedBytes, oddTexts } from './mutate.ts';
import { targetText } from './query-target.ts';
import { inPieces, socketExchange } from './socket-exchange.ts';

const upgrade =
  'GET /ws/heatmap HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n' +
  'Sec-WebSocket-Protocol: heatline, heatline.bearer.x\r\n\r\n';
const good = [
  upgrade,
  'GET /health HTTP/1.1\r\nHost: x\r\nIf-None-Match: "a", W/"b"\r\nAccept: */*\r\n\r\n',
  'GET /liquidations/heatmap-timeseries?symbol=BTCUSDT HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n',
  'POST /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'HEAD /docs HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc',
].map((text) => Buffer.from(text));
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'TRACE', 'CONNECT', 'get', ''];
const versions = ['HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', ''];
const names = [
  'Host',
  'Connection',
  'Upgrade',
  'Content-Length',
  'Transfer-Encoding',
  'Expect',
  'Sec-WebSocket-Key',
  'If-None-Match',
  'Origin',
];
const values = [
  'x',
  'close',
  'keep-alive',
  'Upgrade',
  'websocket',
  'chunked',
  '5',
  '100-continue',
  'gzip, chunked',
  ...oddTexts,
];

export class HttpTarget implements FuzzTarget {
  readonly #server: FuzzServer;

  constructor(server: FuzzServer) {
    this.#server = server;
  }

  async try(dice: Dice): Promise<string> {
    const bytes = dice.chance(0.6)
      ? mutatedBytes(dice.pick(good), good, dice)
      : Buffer.from(madeRequest(dice), 'latin1');
    const answer = (await socketExchange(this.#server.port, inPieces(bytes, dice.whole(0, bytes.length)))).toString(
      'latin1',
    );
    if (answer === '') return 'no answer';
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1];
    if (status === undefined) throw new Error(`no answer in HTTP: ${JSON.stringify(answer.slice(0, 200))}`);
    if (status === '500') throw new Error(`the server failed: ${JSON.stringify(bytes.toString())}`);
    return status;
  }

  async close(): Promise<void> {}
}

function madeRequest(dice: Dice): string {
  const headers = Array.from({ length: dice.whole(0, 8) }, () => {
    const name = dice.chance(0.9) ? dice.pick(names) : dice.pick(oddTexts);
    return `${name}${dice.pick([': ', ':', ' : ', ''])}${dice.pick(values)}${dice.chance(0.95) ? '\r\n' : '\n'}`;
  });
  const host = dice.chance(0.8) ? 'Host: x\r\n' : '';
  const line = `${dice.pick(methods)} ${targetText(dice)} ${dice.pick(versions)}\r\n`;
  return `${line}${host}${headers.join('')}\r\n${dice.chance(0.3) ? dice.pick(oddTexts) : ''}`;
}
