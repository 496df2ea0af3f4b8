/**
 * A process that is Binance to a server under load: trades and marks of many symbols at a rate, stamped with now. Lines in: `rate N`
 * (events a second), `watch SYMBOL …`, `times`; lines out: `listening PORT`, events sent so far, and as JSON by watched symbol the
 * exchange times (ms) of what was sent of it since the last question.
 */
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { type WebSocket, WebSocketServer } from 'ws';

const stepMs = 10;
/** A mark each second and symbol is part of the rate. */
const markEveryMs = 1000;

interface Listener {
  readonly socket: WebSocket;
  /** Of this step; they leave in one write, so that telling costs less than hearing. */
  readonly frames: string[];
  readonly symbols: string[];
}

const listeners: Listener[] = [];
const ids = new Map<string, number>();
let [rate, sent, owed] = [0, 0, 0];
let lastAt = performance.now();

const server = createServer((request, response) => {
  const url = new URL(request.url!, 'http://venue');
  const now = Date.now();
  const body =
    url.pathname === '/fapi/v1/time'
      ? { serverTime: now }
      : url.pathname === '/fapi/v1/openInterest'
        ? { openInterest: '10000', symbol: url.searchParams.get('symbol'), time: now }
        : [];
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
const sockets = new WebSocketServer({ server });
sockets.on('connection', (socket) => {
  const listener: Listener = { socket, frames: [], symbols: [] };
  listeners.push(listener);
  socket.on('message', (data) => {
    const { params, id } = JSON.parse(String(data)) as { params: string[]; id: number };
    for (const name of params) {
      if (name.endsWith('@aggTrade')) listener.symbols.push(name.slice(0, -'@aggTrade'.length).toUpperCase());
    }
    socket.send(JSON.stringify({ result: null, id }));
  });
});

/** The more popular the symbol the more often: a tenth of the symbols has half of the trades. */
function pick(symbols: readonly string[]): string {
  const share = Math.random() < 0.5 ? 0.1 : 1;
  return symbols[Math.floor(Math.random() * symbols.length * share)]!;
}

function trade(symbol: string, now: number): string {
  const a = (ids.get(symbol) ?? 0) + 1;
  ids.set(symbol, a);
  const p = (100 + Math.sin(a / 500)).toFixed(4);
  return `{"stream":"${symbol.toLowerCase()}@aggTrade","data":{"e":"aggTrade","E":${now},"a":${a},"s":"${symbol}","p":"${p}","q":"1.250","f":${a},"l":${a},"T":${now},"m":${Math.random() < 0.5}}}`;
}

function mark(symbol: string, now: number): string {
  const p = (100 + Math.sin((ids.get(symbol) ?? 0) / 500)).toFixed(4);
  return `{"stream":"${symbol.toLowerCase()}@markPrice@1s","data":{"e":"markPriceUpdate","E":${now},"s":"${symbol}","p":"${p}","i":"${p}"}}`;
}

/** A text frame (RFC 6455 section 5.2) of 126 to 65,535 characters, which are bytes here. */
function frameOf(text: string): string {
  return `\x81\x7e${String.fromCharCode(text.length >> 8, text.length & 0xff)}${text}`;
}

/** `ws` keeps it to itself. */
function connectionOf(socket: WebSocket): Socket {
  return (socket as unknown as { _socket: Socket })._socket;
}

const timesOf = new Map<string, number[]>();

function note(symbol: string, time: number): void {
  timesOf.get(symbol)?.push(time);
}

const markedAt = new Map<string, number>();
setInterval(() => {
  const at = performance.now();
  owed += (rate * (at - lastAt)) / 1000;
  lastAt = at;
  if (rate === 0) return;
  const now = Date.now();
  for (const { frames, symbols } of listeners) {
    for (const symbol of symbols) {
      const due = markedAt.get(symbol) ?? now - Math.random() * markEveryMs;
      if (now - due < markEveryMs) {
        markedAt.set(symbol, due);
        continue;
      }
      markedAt.set(symbol, due + markEveryMs);
      // Its own time, so that a late tick of this process is no missed beat.
      const time = Math.round(due + markEveryMs);
      frames.push(frameOf(mark(symbol, time)));
      note(symbol, time);
      sent++;
      owed--;
    }
  }
  const share = owed / listeners.length;
  for (const { frames, symbols } of listeners) {
    for (let i = 0; i < share; i++) {
      const symbol = pick(symbols);
      frames.push(frameOf(trade(symbol, now)));
      note(symbol, now);
      sent++;
      owed--;
    }
  }
  for (const { socket, frames } of listeners) connectionOf(socket).write(frames.splice(0).join(''), 'latin1');
}, stepMs);

function takeTimes(): string {
  const text = JSON.stringify(Object.fromEntries(timesOf));
  for (const times of timesOf.values()) times.length = 0;
  return text;
}

server.listen(0, '127.0.0.1', () => process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`));
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [word, ...rest] = line.split(' ');
    if (word === 'rate') {
      rate = Number(rest[0]);
      owed = 0;
    }
    if (word === 'watch') for (const symbol of rest) timesOf.set(symbol, []);
    process.stdout.write(`${word === 'times' ? takeTimes() : sent}\n`);
  })
  .on('close', () => process.exit());
