/** A server on a free port with a gate that echoes, and the raw ends of a client. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Admission } from '../../src/actors/admission.ts';
import type { ClientSocket, SocketListener } from '../../src/actors/client-socket.ts';
import type { HistoryQuery } from '../../src/protocol/history-query.ts';
import type { HealthView, StatsView } from '../../src/protocol/http-view.ts';
import { pongFrame, textFrame } from '../../src/protocol/websocket-frame.ts';
import type { Access } from '../../src/server/access/access.ts';
import { deskOf } from '../../src/server/front-desk.ts';
import type { Gate } from '../../src/server/gate.ts';
import type { HistoryView } from '../../src/server/history-view.ts';
import { HttpServer, type HttpServerOptions } from '../../src/server/http-server.ts';
import type { ServerObserver } from '../../src/server/server-observer.ts';
import type { ServerViews } from '../../src/server/server-views.ts';
import type { TlsFiles } from '../../src/server/tls-files.ts';
import type { WebSocketOptions } from '../../src/server/websocket-upgrade.ts';

export const host = '127.0.0.1';
export const mebibyte = 1024 * 1024;

export type GateEvent =
  | { readonly kind: 'opened' | 'binary' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'pong'; readonly payload: readonly number[] }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string };

/** What one socket did, in order; `next` waits for what has not happened yet. */
export class Recording {
  readonly socket: ClientSocket;
  readonly events: GateEvent[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(socket: ClientSocket) {
    this.socket = socket;
  }

  add(event: GateEvent): void {
    this.events.push(event);
    for (const look of [...this.#waiting]) look();
  }

  /** The first event of this kind, when there is one. */
  first<K extends GateEvent['kind']>(kind: K): Promise<Extract<GateEvent, { kind: K }>> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.events.find((event) => event.kind === kind);
        if (found === undefined) return;
        this.#waiting.delete(look);
        resolve(found as Extract<GateEvent, { kind: K }>);
      };
      this.#waiting.add(look);
      look();
    });
  }
}

/** Lets in who asks, unless told otherwise, and says back every text. */
export class EchoGate implements Gate {
  admission: Admission = { admitted: true };
  readonly asked: string[] = [];
  readonly recordings: Recording[] = [];
  readonly #waiting: ((recording: Recording) => void)[] = [];

  admit(remoteAddress: string): Admission {
    this.asked.push(remoteAddress);
    return this.admission;
  }

  open(socket: ClientSocket): SocketListener & { readonly name: string } {
    const recording = new Recording(socket);
    this.recordings.push(recording);
    recording.add({ kind: 'opened' });
    this.#waiting.shift()?.(recording);
    return {
      name: `connection-${this.recordings.length}`,
      text: (text) => {
        recording.add({ kind: 'text', text });
        socket.write(textFrame(text), null);
      },
      binary: () => recording.add({ kind: 'binary' }),
      ping: (payload) => socket.write(pongFrame(payload), null),
      pong: (payload) => recording.add({ kind: 'pong', payload: [...payload] }),
      closed: (code, reason) => recording.add({ kind: 'closed', code, reason }),
    };
  }

  /** The next socket that opens. */
  opened(): Promise<Recording> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

export class TestViews implements ServerViews {
  ready = true;
  stopping = false;
  broken = false;
  past: HistoryView = { outcome: 'refused', status: 503, code: 'NOT_READY', message: 'There is no past.' };

  health(): HealthView {
    if (this.broken) throw new Error('the book is gone');
    return {
      status: this.stopping ? 'stopping' : this.ready ? 'ok' : 'starting',
      service: 'heatline',
      version: '0.1.0',
      source: 'simulated',
      simulated: true,
      uptime_seconds: 3.5,
      problems: [],
      symbols: {
        BTCUSDT: {
          epoch: 'e1',
          seq: 12,
          market_time: '2025-12-29T10:00:00.000Z',
          current_price: 98_450,
          observed_share: 0.5,
          level_step: 10,
        },
      },
      assumptions: { BTCUSDT: ['leverage is assumed'] },
    };
  }

  async accuracy(): Promise<null> {
    return null;
  }

  history(_query: HistoryQuery): HistoryView {
    return this.past;
  }

  async metrics() {
    return { contentType: 'text/plain; version=0.0.4; charset=utf-8', body: 'up 1\n' };
  }

  async stats(): Promise<StatsView> {
    return {
      active_connections: 5,
      messages_sent_1m: 120,
      slow_consumers: 0,
      subscriptions_by_symbol: { BTCUSDT: 3, ETHUSDT: 2 },
      subscriptions_by_channel: { heatmap: 5, liquidations: 1 },
      messages_sent_total: 1000,
      messages_dropped_total: 7,
      max_connections: 1000,
      encodes_total: 40,
    };
  }

  isReady(): boolean {
    return this.ready;
  }

  isStopping(): boolean {
    return this.stopping;
  }
}

const webSocketOptions: WebSocketOptions = {
  enabled: true,
  allowedOrigins: [],
  maxMessageBytes: 16 * mebibyte,
  maxUnfinishedBytes: 64 * mebibyte,
  compression: true,
  closeTimeoutMs: 2000,
  retryAfterSeconds: 5,
  refusalTimeoutMs: 2000,
};

const serverOptions: Omit<HttpServerOptions, 'webSocket'> = {
  maxSockets: 64,
  maxHeaderBytes: 16 * 1024,
  headerTimeoutMs: 10_000,
  requestTimeoutMs: 10_000,
  timeoutCheckMs: 1000,
  keepAliveTimeoutMs: 5000,
  stalledReaderTimeoutMs: 30_000,
  stopTimeoutMs: 2000,
  reusePort: false,
};

export interface Harness {
  readonly server: HttpServer;
  readonly gate: EchoGate;
  readonly views: TestViews;
  readonly refusals: { readonly status: number; readonly cause: string; readonly reason: string }[];
  readonly failures: { readonly path: string; readonly error: unknown }[];
  readonly port: number;
  readonly origin: string;
}

/** Stopped when the test is over. */
export async function startServer(
  options: Partial<typeof serverOptions> & {
    webSocket?: Partial<WebSocketOptions>;
    access?: Access;
    tls?: TlsFiles;
  } = {},
): Promise<Harness> {
  const gate = new EchoGate();
  const views = new TestViews();
  const refusals: Harness['refusals'] = [];
  const failures: Harness['failures'] = [];
  const observer: ServerObserver = {
    refused: (status, cause, reason) => refusals.push({ status, cause, reason }),
    failed: (path, error) => failures.push({ path, error }),
  };
  const webSocket = { ...webSocketOptions, ...options.webSocket };
  const server = new HttpServer({ ...serverOptions, ...options, webSocket }, gate, deskOf(views), observer, {
    access: options.access ?? null,
    tls: options.tls ?? null,
    admin: null,
  });
  onTestFinished(() => server.stop());
  const { port } = await server.listen(host, 0);
  return { server, gate, views, refusals, failures, port, origin: `http://${host}:${port}` };
}

/** A client of `ws` that is open; cut off when the test is over. */
export async function openClient(harness: Harness, headers: Readonly<Record<string, string>> = {}): Promise<WebSocket> {
  const client = new WebSocket(`ws://${host}:${harness.port}/ws/heatmap`, { headers: { ...headers } });
  onTestFinished(() => client.terminate());
  client.on('error', () => {});
  await once(client, 'open');
  return client;
}

export async function nextMessage(client: WebSocket): Promise<string> {
  const [data] = await once(client, 'message');
  return String(data);
}

/** The code and reason with which a client of `ws` was closed. */
export async function closeOf(client: WebSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = await once(client, 'close');
  return { code, reason: String(reason) };
}

export async function openTcp(port: number): Promise<Socket> {
  const socket = connect({ host, port, allowHalfOpen: true });
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  return socket;
}

/** All that the other side sends until it ends. */
export async function readToEnd(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** A request as raw bytes, and all that comes back until the server ends the connection. */
export async function exchange(port: number, request: string): Promise<string> {
  const socket = await openTcp(port);
  socket.write(request);
  return readToEnd(socket);
}

export const goodUpgrade: Readonly<Record<string, string>> = {
  Host: 'localhost',
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/** A header that is given as `null` is left out. */
export function upgradeText(
  headers: Readonly<Record<string, string | null>> = {},
  requestLine = 'GET /ws/heatmap HTTP/1.1',
): string {
  const lines = Object.entries({ ...goodUpgrade, ...headers })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return `${requestLine}\r\n${lines.join('')}\r\n`;
}
