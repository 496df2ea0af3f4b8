/**
 * The upgrade on `/ws/heatmap`: every request to upgrade ends in an open socket at the gate or in a complete HTTP answer with one
 * line that says what to do.
 */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { closeReasons } from '../protocol/close-reason.ts';
import type { Access } from './access/access.ts';
import { missingGrant } from './access/access-answer.ts';
import type { AccessSession } from './access/access-session.ts';
import { credentialOf, offeredProtocols, subprotocol, withoutCredential } from './access/credential.ts';
import type { AdminRoom } from './admin/admin-room.ts';
import type { FrontDesk } from './front-desk.ts';
import type { Gate } from './gate.ts';
import { acceptance, agreedDeflate } from './handshake.ts';
import { commonHeaders, textAnswer } from './http-answer.ts';
import { InboundBudget } from './inbound-budget.ts';
import type { ServerObserver } from './server-observer.ts';
import { type Refusal, type RefusalCause, upgradeRefusal } from './upgrade-request.ts';
import { type EndpointOptions, WebSocketEndpoint } from './websocket-endpoint.ts';
import { WriteBatch } from './write-batch.ts';

export interface WebSocketOptions {
  /** False: all upgrades are refused. */
  readonly enabled: boolean;
  /** Empty: all. */
  readonly allowedOrigins: readonly string[];
  /** A longer message closes its connection with 1009. */
  readonly maxMessageBytes: number;
  /** Unfinished messages of all clients together; whoever goes beyond it is closed with 4503. */
  readonly maxUnfinishedBytes: number;
  /** Whether compression is agreed to with clients that offer it. */
  readonly compression: boolean;
  /** A peer that has not answered a close frame after this long is cut off. */
  readonly closeTimeoutMs: number;
  /** What a client is told to wait, up to twice this, when the server does not take connections at all. */
  readonly retryAfterSeconds: number;
  /** A refused client that does not hang up is cut off after this long. */
  readonly refusalTimeoutMs: number;
}

export interface UpgradeGuards {
  readonly access: Access | null;
  readonly room: AdminRoom | null;
}

export class WebSocketUpgrade {
  readonly #options: WebSocketOptions;
  readonly #gate: Gate;
  readonly #desk: FrontDesk;
  readonly #observer: ServerObserver;
  readonly #endpointOptions: EndpointOptions;
  /** Null: everybody may come. */
  readonly #access: Access | null;
  /** Null: there is no administrator. */
  readonly #room: AdminRoom | null;

  constructor(options: WebSocketOptions, gate: Gate, desk: FrontDesk, observer: ServerObserver, guards: UpgradeGuards) {
    this.#options = options;
    this.#gate = gate;
    this.#desk = desk;
    this.#observer = observer;
    this.#access = guards.access;
    this.#room = guards.room;
    const { maxMessageBytes, closeTimeoutMs, maxUnfinishedBytes } = options;
    const budget = new InboundBudget(maxUnfinishedBytes);
    this.#endpointOptions = { maxMessageBytes, closeTimeoutMs, batch: new WriteBatch(observer), budget };
  }

  handle(request: IncomingMessage, tcp: Socket, head: Buffer): void {
    const refusal = this.#unavailable() ?? upgradeRefusal(request, this.#options.allowedOrigins);
    if (refusal !== null) {
      this.#refuse(tcp, refusal);
      return;
    }
    if (this.#access === null) this.#open(request, tcp, head, null);
    else void this.#openKnown(this.#access, request, tcp, head);
  }

  /** What the peer sends meanwhile stays in its socket, which nobody reads yet. */
  async #openKnown(access: Access, request: IncomingMessage, tcp: Socket, head: Buffer): Promise<void> {
    const hungUp = () => tcp.destroy();
    tcp.on('error', hungUp);
    const credential = credentialOf(request.headers, request.url ?? '');
    const verdict = credential === null ? null : await access.verify(credential);
    tcp.off('error', hungUp);
    const missing = missingGrant(verdict, 'stream');
    if (missing !== null || verdict?.granted !== true) {
      this.#refuse(tcp, missing!);
      return;
    }
    const session = access.open(verdict.grant);
    if (session === null) {
      const { name, maxConnections } = verdict.grant;
      const reason = `your ${name} has ${maxConnections} connections, as many as it may`;
      this.#refuse(tcp, { ...unavailable('credential_full', reason, this.#options.retryAfterSeconds), status: 429 });
      return;
    }
    if (tcp.destroyed) access.ended(session);
    else {
      tcp.once('close', () => access.ended(session));
      this.#open(request, tcp, head, session);
    }
  }

  #open(request: IncomingMessage, tcp: Socket, head: Buffer, session: AccessSession | null): void {
    const remoteAddress = tcp.remoteAddress;
    if (remoteAddress === undefined) {
      // Gone already.
      tcp.destroy();
      return;
    }
    const admission = this.#gate.admit(remoteAddress);
    if (!admission.admitted) {
      this.#refuse(tcp, unavailable(admission.cause, admission.reason, admission.retryAfterSeconds));
      return;
    }
    const { headers, url } = request;
    const extensions = this.#options.compression ? agreedDeflate(headers['sec-websocket-extensions']) : null;
    const protocol = offeredProtocols(headers).includes(subprotocol) ? subprotocol : null;
    tcp.write(acceptance(headers['sec-websocket-key']!, extensions, protocol));
    const endpoint = new WebSocketEndpoint(this.#endpointOptions, tcp, remoteAddress, extensions !== null);
    endpoint.session = session;
    try {
      const listener = this.#gate.open(endpoint);
      const id = this.#room?.opened(listener.name, endpoint, session?.grant.name ?? null);
      if (id !== undefined) tcp.once('close', () => this.#room?.closed(id));
      endpoint.forwardTo(listener, head);
      session?.begin(endpoint);
    } catch (error) {
      endpoint.close(closeReasons.internal_error);
      this.#observer.failed(withoutCredential(url ?? ''), error);
    }
  }

  /** `CONNECT`: what comes behind it would be of another protocol. */
  refuseTunnel(tcp: Socket): void {
    this.#refuse(tcp, {
      status: 405,
      cause: 'wrong_method',
      reason: 'This server is no proxy.',
      headers: { Allow: 'GET, HEAD' },
    });
  }

  #unavailable(): Refusal | null {
    const { enabled, retryAfterSeconds } = this.#options;
    const spread = retryAfterSeconds + Math.floor(Math.random() * (retryAfterSeconds + 1));
    if (!enabled) return unavailable('switched_off', 'WebSockets are switched off here (WS_ENABLED)', spread);
    if (this.#desk.isStopping()) return unavailable('shutting_down', 'the server is shutting down', spread);
    return null;
  }

  #refuse(tcp: Socket, refusal: Refusal): void {
    this.#observer.refused(refusal.status, refusal.cause, refusal.reason, tcp.remoteAddress ?? 'unknown');
    // The HTTP server has let go of this socket: nobody else listens for its errors, reads it or ends it.
    tcp.on('error', () => tcp.destroy());
    tcp.end(refusalText(refusal));
    tcp.resume();
    const cutOff = setTimeout(() => tcp.destroy(), this.#options.refusalTimeoutMs);
    tcp.on('close', () => clearTimeout(cutOff));
  }
}

function unavailable(cause: RefusalCause, reason: string, retryAfterSeconds: number): Refusal {
  return {
    status: 503,
    cause,
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
