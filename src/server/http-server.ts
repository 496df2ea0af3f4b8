/**
 * The server's outer edge: sockets in, plain HTTP answered at the desk, upgrades handed to `websocket-upgrade.ts`.
 *
 * Everything a peer can take (sockets, header bytes, time) is bounded by the options. While the desk says that the program is
 * stopping, upgrades are refused but health is still answered; `stop` then ends the server together with whatever is still open.
 */
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Access } from './access/access.ts';
import { missingGrant } from './access/access-answer.ts';
import { credentialOf, withoutCredential } from './access/credential.ts';
import { neededScope } from './access/open-paths.ts';
import type { AdminDesk } from './admin/admin-desk.ts';
import type { AdminRoom } from './admin/admin-room.ts';
import type { FrontDesk } from './front-desk.ts';
import type { Gate } from './gate.ts';
import { commonHeaders, type HttpAnswer, internalError, jsonAnswer } from './http-answer.ts';
import { ListenError } from './listen-error.ts';
import { pathOf } from './paths.ts';
import { formRefusal, hasBody } from './request-form.ts';
import type { ServerObserver } from './server-observer.ts';
import type { TlsFiles } from './tls-files.ts';
import { type WebSocketOptions, WebSocketUpgrade } from './websocket-upgrade.ts';

export interface HttpServerOptions {
  readonly webSocket: WebSocketOptions;
  /** Sockets of all kinds at once; those beyond are cut off unheard. Leave room above the connections the gate admits. */
  readonly maxSockets: number;
  readonly maxHeaderBytes: number;
  /** From connecting, or from the first byte of a later request, to the end of its headers. */
  readonly headerTimeoutMs: number;
  /** The same to the end of the request. No less than `headerTimeoutMs`. */
  readonly requestTimeoutMs: number;
  /** How often the two timeouts are checked. */
  readonly timeoutCheckMs: number;
  readonly keepAliveTimeoutMs: number;
  /** How long the reader of a long answer may take nothing of it. */
  readonly stalledReaderTimeoutMs: number;
  /** How long `stop` waits for the last answers to be taken. */
  readonly stopTimeoutMs: number;
  /** Whether other threads listen on the same port, and the system spreads connections over them. */
  readonly reusePort: boolean;
}

/** What stands before everything else, where it is set. */
export interface ServerGuards {
  readonly access: Access | null;
  readonly tls: TlsFiles | null;
  readonly admin: { readonly desk: AdminDesk; readonly room: AdminRoom } | null;
}

export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #desk: FrontDesk;
  readonly #observer: ServerObserver;
  /** Null: everybody may ask for everything. */
  readonly #access: Access | null;
  readonly #tls: TlsFiles | null;
  readonly #admin: AdminDesk | null;
  readonly #server: Server;
  /** All of them: the HTTP server forgets a socket once it is upgraded. */
  readonly #sockets = new Set<Socket>();
  /** With TLS, what is written goes into these, which lie on top of the others. */
  readonly #secured = new Set<Socket>();

  constructor(
    options: HttpServerOptions,
    gate: Gate,
    desk: FrontDesk,
    observer: ServerObserver,
    { access, tls, admin }: ServerGuards = { access: null, tls: null, admin: null },
  ) {
    this.#options = options;
    this.#desk = desk;
    this.#observer = observer;
    this.#access = access;
    this.#tls = tls;
    this.#admin = admin?.desk ?? null;
    const upgrade = new WebSocketUpgrade(options.webSocket, gate, desk, observer, {
      access,
      room: admin?.room ?? null,
    });
    const serverOptions: ServerOptions = {
      maxHeaderSize: options.maxHeaderBytes,
      headersTimeout: options.headerTimeoutMs,
      requestTimeout: options.requestTimeoutMs,
      connectionsCheckingInterval: options.timeoutCheckMs,
      keepAliveTimeout: options.keepAliveTimeoutMs,
      // Other upgrades on offer (curl asks for h2c) are declined by answering in HTTP/1.1.
      shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
    };
    const answer = (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response);
    this.#server =
      tls === null
        ? createServer(serverOptions, answer)
        : createTlsServer({ ...serverOptions, handshakeTimeout: options.headerTimeoutMs }, answer);
    this.#server.maxConnections = options.maxSockets;
    this.#server.on('connection', (socket) => keep(this.#sockets, socket));
    this.#server.on('secureConnection', (socket) => keep(this.#secured, socket));
    // A duplex by type, because other servers than this one upgrade other streams.
    // Without a listener it is cut off without a word.
    this.#server.on('connect', (_request, duplex) => upgrade.refuseTunnel(duplex as Socket));
    this.#server.on('upgrade', (request, duplex, head) => upgrade.handle(request, duplex as Socket, head));
  }

  /**
   * @param port 0: any that is free.
   * @returns where it listens.
   * @throws {ListenError} when it cannot. @throws {TlsError}
   */
  async listen(host: string, port: number): Promise<AddressInfo> {
    await this.#tls?.start((pair) => (this.#server as TlsServer).setSecureContext(pair));
    return new Promise((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException) => reject(new ListenError(host, port, error));
      this.#server.once('error', fail);
      this.#server.listen({ host, port, reusePort: this.#options.reusePort }, () => {
        this.#server.off('error', fail);
        // A connection that could not be accepted (no more file descriptors) is no reason to end the others.
        this.#server.on('error', (error) => this.#observer.failed('accept', error));
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  /** Lets go of the port, and of every socket once it has taken what was written to it, or after `stopTimeoutMs`. */
  async stop(): Promise<void> {
    this.#tls?.stop();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#tls === null ? this.#sockets : this.#secured) socket.destroySoon();
    const cutOff = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, this.#options.stopTimeoutMs);
    await closed;
    clearTimeout(cutOff);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = withoutCredential(request.url ?? '');
    const malformed = malformedAnswer(request);
    let answer: HttpAnswer;
    try {
      const question = { method: request.method ?? '', target, ifNoneMatch: request.headers['if-none-match'] ?? null };
      answer =
        malformed ??
        (await this.#admin?.answer(request)) ??
        (await this.#accessRefusal(request)) ??
        (await this.#desk.answer(question));
    } catch (error) {
      answer = internalError;
      this.#observer.failed(target, error);
    }
    const { body } = answer;
    const isWhole = typeof body === 'string';
    response.writeHead(answer.status, {
      'Content-Type': answer.contentType,
      ...(isWhole && answer.status !== 304 && { 'Content-Length': Buffer.byteLength(body) }),
      ...commonHeaders,
      ...answer.headers,
      ...(this.#access !== null && privately(answer)),
      // Nothing here takes a body, so none is waited for: the connection ends with the answer.
      ...(hasBody(request) || malformed !== null ? { Connection: 'close' } : {}),
    });
    if (isWhole) response.end(body);
    else await this.#stream(body, response, target);
  }

  async #accessRefusal({ headers, url = '' }: IncomingMessage): Promise<HttpAnswer | null> {
    const scope = this.#access === null ? null : neededScope(pathOf(url));
    if (scope === null) return null;
    const credential = credentialOf(headers, url);
    const refusal = missingGrant(credential === null ? null : await this.#access!.verify(credential), scope);
    if (refusal === null) return null;
    const code = refusal.status === 401 ? 'NOT_AUTHENTICATED' : 'FORBIDDEN';
    return jsonAnswer(refusal.status, { code, message: refusal.reason }, refusal.headers);
  }

  /** A reader that takes nothing for long is cut off; one that leaves ends the source. */
  async #stream(body: AsyncIterable<Uint8Array>, response: ServerResponse, target: string): Promise<void> {
    response.setTimeout(this.#options.stalledReaderTimeoutMs, () => response.destroy());
    let whenReady = () => {};
    for (const event of ['drain', 'close'] as const) response.on(event, () => whenReady());
    try {
      for await (const piece of body) {
        const hasRoom = response.write(piece);
        if (response.destroyed) return;
        if (hasRoom) continue;
        await new Promise<void>((resolve) => {
          whenReady = resolve;
        });
        if (response.destroyed) return;
      }
      response.end();
    } catch (error) {
      response.destroy();
      this.#observer.failed(target, error);
    }
  }
}

function malformedAnswer(request: IncomingMessage): HttpAnswer | null {
  const refusal = formRefusal(request);
  return refusal === null ? null : jsonAnswer(refusal.status, { code: 'MALFORMED_REQUEST', message: refusal.reason });
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}

/** What was answered to one who is known is not for the caches that others share. */
function privately({ headers }: HttpAnswer): Record<string, string> {
  const kept = headers?.['Cache-Control'];
  return kept === undefined ? {} : { 'Cache-Control': kept.replace('public', 'private') };
}
