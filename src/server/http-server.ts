/**
 * The server's outer edge: sockets in, plain HTTP answered at the desk, upgrades handed to `websocket-upgrade.ts`.
 *
 * Everything a peer can take (sockets, header bytes, time) is bounded by the options. While the desk says that the program is
 * stopping, upgrades are refused but health is still answered; `stop` then ends the server together with whatever is still open.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { FrontDesk } from './front-desk.ts';
import type { Gate } from './gate.ts';
import { commonHeaders, type HttpAnswer, internalError } from './http-answer.ts';
import { ListenError } from './listen-error.ts';
import type { ServerObserver } from './server-observer.ts';
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

export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #desk: FrontDesk;
  readonly #observer: ServerObserver;
  readonly #server: Server;
  /** All of them: the HTTP server forgets a socket once it is upgraded. */
  readonly #sockets = new Set<Socket>();

  constructor(options: HttpServerOptions, gate: Gate, desk: FrontDesk, observer: ServerObserver) {
    this.#options = options;
    this.#desk = desk;
    this.#observer = observer;
    const upgrade = new WebSocketUpgrade(options.webSocket, gate, desk, observer);
    this.#server = createServer(
      {
        maxHeaderSize: options.maxHeaderBytes,
        headersTimeout: options.headerTimeoutMs,
        requestTimeout: options.requestTimeoutMs,
        connectionsCheckingInterval: options.timeoutCheckMs,
        keepAliveTimeout: options.keepAliveTimeoutMs,
        // Other upgrades on offer (curl asks for h2c) are declined by answering in HTTP/1.1.
        shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
      },
      (request, response) => void this.#answer(request, response),
    );
    this.#server.maxConnections = options.maxSockets;
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    // A duplex by type, because other servers than this one upgrade other streams.
    this.#server.on('upgrade', (request, duplex, head) => upgrade.handle(request, duplex as Socket, head));
  }

  /**
   * @param port 0: any that is free.
   * @returns where it listens.
   * @throws {ListenError} when it cannot.
   */
  listen(host: string, port: number): Promise<AddressInfo> {
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
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroySoon();
    const cutOff = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, this.#options.stopTimeoutMs);
    await closed;
    clearTimeout(cutOff);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.url ?? '';
    let answer: HttpAnswer;
    try {
      answer = await this.#desk.answer({
        method: request.method ?? '',
        target,
        ifNoneMatch: request.headers['if-none-match'] ?? null,
      });
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
      // Nothing here takes a body, so none is waited for: the connection ends with the answer.
      ...(hasBody(request) ? { Connection: 'close' } : {}),
    });
    if (isWhole) response.end(body);
    else await this.#stream(body, response, target);
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

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
