/**
 * The upgrade on `/ws/heatmap`: every request to upgrade ends in an open socket at the gate or in a complete HTTP answer with one
 * line that says what to do.
 */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { closeReasons } from '../protocol/close-reason.ts';
import type { Gate } from './gate.ts';
import { commonHeaders, textAnswer } from './http-answer.ts';
import type { ServerObserver } from './server-observer.ts';
import type { ServerViews } from './server-views.ts';
import { type Refusal, upgradeRefusal } from './upgrade-request.ts';
import { WsClientSocket } from './ws-client-socket.ts';

export interface WebSocketOptions {
  /** False: all upgrades are refused. */
  readonly enabled: boolean;
  /** Empty: all. */
  readonly allowedOrigins: readonly string[];
  /** A longer message closes its connection with 1009. */
  readonly maxMessageBytes: number;
  /** A peer that has not answered a close frame after this long is cut off. */
  readonly closeTimeoutMs: number;
  /** What a client is told to wait when the server does not take connections at all. */
  readonly retryAfterSeconds: number;
  /** A refused client that does not hang up is cut off after this long. */
  readonly refusalTimeoutMs: number;
}

export class WebSocketUpgrade {
  readonly #options: WebSocketOptions;
  readonly #gate: Gate;
  readonly #views: ServerViews;
  readonly #observer: ServerObserver;
  readonly #handshake: WebSocketServer;

  constructor(options: WebSocketOptions, gate: Gate, views: ServerViews, observer: ServerObserver) {
    this.#options = options;
    this.#gate = gate;
    this.#views = views;
    this.#observer = observer;
    // Apart from the call because the types of `ws` do not know `closeTimeout` yet.
    const handshakeOptions = {
      noServer: true,
      clientTracking: false,
      // Without compression every frame of `ws` is written in one go, so ours may go beside them (`ws-client-socket.ts`).
      perMessageDeflate: false,
      maxPayload: options.maxMessageBytes,
      closeTimeout: options.closeTimeoutMs,
    };
    this.#handshake = new WebSocketServer(handshakeOptions);
    // What `upgradeRefusal` lets pass and `ws` does not: a malformed list of subprotocols.
    this.#handshake.on('wsClientError', (error, socket) => {
      this.#refuse(socket as Socket, { status: 400, reason: `The upgrade is malformed: ${error.message}.` });
    });
  }

  handle(request: IncomingMessage, tcp: Socket, head: Buffer): void {
    const refusal = this.#unavailable() ?? upgradeRefusal(request, this.#options.allowedOrigins);
    if (refusal !== null) {
      this.#refuse(tcp, refusal);
      return;
    }
    const remoteAddress = tcp.remoteAddress;
    if (remoteAddress === undefined) {
      // Gone already.
      tcp.destroy();
      return;
    }
    const admission = this.#gate.admit(remoteAddress);
    if (!admission.admitted) {
      this.#refuse(tcp, unavailable(admission.reason, admission.retryAfterSeconds));
      return;
    }
    this.#handshake.handleUpgrade(request, tcp, head, (webSocket) => {
      const socket = new WsClientSocket(webSocket, tcp, remoteAddress);
      try {
        socket.forwardTo(this.#gate.open(socket));
      } catch (error) {
        socket.close(closeReasons.internal_error);
        this.#observer.failed(request.url ?? '', error);
      }
    });
  }

  #unavailable(): Refusal | null {
    const { enabled, retryAfterSeconds } = this.#options;
    if (!enabled) return unavailable('WebSockets are switched off here (WS_ENABLED)', retryAfterSeconds);
    if (this.#views.isStopping()) return unavailable('the server is shutting down', retryAfterSeconds);
    return null;
  }

  #refuse(tcp: Socket, refusal: Refusal): void {
    this.#observer.refused(refusal.status, refusal.reason, tcp.remoteAddress ?? 'unknown');
    // The HTTP server has let go of this socket: nobody else listens for its errors, reads it or ends it.
    tcp.on('error', () => tcp.destroy());
    tcp.end(refusalText(refusal));
    tcp.resume();
    const cutOff = setTimeout(() => tcp.destroy(), this.#options.refusalTimeoutMs);
    tcp.on('close', () => clearTimeout(cutOff));
  }
}

function unavailable(reason: string, retryAfterSeconds: number): Refusal {
  return {
    status: 503,
    reason: `No connection now: ${reason}. Try again in ${retryAfterSeconds} s.`,
    headers: { 'Retry-After': String(retryAfterSeconds) },
  };
}

function refusalText({ status, reason, headers }: Refusal): string {
  const { body, contentType } = textAnswer(status, reason);
  const lines = Object.entries({
    Connection: 'close',
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    ...commonHeaders,
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
}
