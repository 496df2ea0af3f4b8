/**
 * A `ws` WebSocket as the socket port. It reads through `ws` and writes finished frames past it, straight to the TCP socket.
 *
 * Why that is safe: without permessage-deflate (and without Blobs) `ws` hands each of its own frames (pong, close) to the socket
 * whole and in the turn in which it makes it, and so does `write`; frames can follow each other but not mix. Nothing is written
 * once either side has begun to close.
 */
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { ClientSocket, SocketListener } from '../actors/client-socket.ts';
import { type CloseReason, closeReasons } from '../protocol/close-reason.ts';

const protocolError: CloseReason = { code: 1002, reason: 'Protocol error' };

export class WsClientSocket implements ClientSocket {
  readonly remoteAddress: string;
  readonly #webSocket: WebSocket;
  readonly #tcp: Socket;
  /** Why this side began to close; null when it did not. */
  #ownReason: CloseReason | null = null;

  constructor(webSocket: WebSocket, tcp: Socket, remoteAddress: string) {
    this.#webSocket = webSocket;
    this.#tcp = tcp;
    this.remoteAddress = remoteAddress;
    tcp.setNoDelay(true);
    // `ws` has then answered with the close code already; whoever listens hears of it as `closed`.
    webSocket.on('error', (error) => {
      this.#ownReason ??= reasonOf(error);
    });
  }

  get bufferedBytes(): number {
    return this.#tcp.writableLength;
  }

  /** What arrives after this side began to close is of no use to anybody and is not passed on. */
  forwardTo(listener: SocketListener): void {
    this.#webSocket.on('message', (data, isBinary) => {
      if (!this.#isOpen) return;
      if (isBinary) listener.binary();
      else listener.text(data.toString());
    });
    this.#webSocket.on('pong', (payload) => {
      if (this.#isOpen) listener.pong(payload);
    });
    this.#webSocket.once('close', (code, reason) => {
      if (this.#ownReason === null) listener.closed(code, reason.toString());
      else listener.closed(this.#ownReason.code, this.#ownReason.reason);
    });
  }

  write(frame: Uint8Array, tail?: Uint8Array): void {
    if (!this.#isOpen) return;
    if (tail === undefined) {
      this.#tcp.write(frame);
      return;
    }
    this.#tcp.cork();
    this.#tcp.write(frame);
    this.#tcp.write(tail);
    this.#tcp.uncork();
  }

  close(reason: CloseReason): void {
    if (!this.#isOpen) return;
    this.#ownReason = reason;
    this.#webSocket.close(reason.code, reason.reason);
  }

  terminate(): void {
    this.#webSocket.terminate();
  }

  get #isOpen(): boolean {
    return this.#webSocket.readyState === WebSocket.OPEN;
  }
}

/** What was wrong with the frame for which `ws` closes the connection; the codes are those of its documentation. */
function reasonOf(error: Error & { readonly code?: unknown }): CloseReason {
  switch (error.code) {
    case 'WS_ERR_INVALID_UTF8':
      return closeReasons.invalid_utf8;
    case 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH':
      return closeReasons.message_too_big;
    case 'WS_ERR_TOO_MANY_BUFFERED_PARTS':
      return closeReasons.policy;
    default:
      return protocolError;
  }
}
