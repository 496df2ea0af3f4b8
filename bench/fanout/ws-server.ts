/**
 * `ws` as most would use it: `string` makes the text once a tick, `stringify` once a client; both compress for themselves what a
 * client agreed to with `deflate`.
 */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { serveLines } from './line-server.ts';

const [payloadFile, , way, compression] = process.argv.slice(2) as [string, string, 'string' | 'stringify', string];
const message = JSON.parse(readFileSync(payloadFile, 'utf8'));
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: compression === 'deflate' });
server.on('listening', () => {
  serveLines((server.address() as AddressInfo).port, () => {
    const text = way === 'string' ? JSON.stringify(message) : null;
    for (const client of server.clients) client.send(text ?? JSON.stringify(message));
  });
});
