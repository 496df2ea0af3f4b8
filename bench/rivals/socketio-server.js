/** A room of socket.io that everyone joins, as its guide shows; the transport is WebSocket alone. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { serveLines } from './lines.js';

const [payloadFile, , compression] = process.argv.slice(2);
const message = JSON.parse(readFileSync(payloadFile, 'utf8'));
const http = createServer();
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: compression === 'deflate',
  pingInterval: 300_000,
});
io.on('connection', (socket) => socket.join('heatmap'));
http.listen(0, '127.0.0.1', () => serveLines(http.address().port, () => io.to('heatmap').emit('snapshot', message)));
