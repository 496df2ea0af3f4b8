/**
 * The server's end of one WebSocket: reads through the receiver of `ws`, writes finished frames straight to the TCP socket.
 *
 * It holds what a connection needs to live and nothing else: handlers are shared by all connections and find theirs through the
 * socket, and the request that opened the connection is let go.
 */
import type { Socket } from 'node:net';
import type { ClientSession } from '../actors/client-session.ts';
import type { ClientSocket, SocketListener } from '../actors/client-socket.ts';
import { type CloseReason, closeReasons } from '../protocol/close-reason.ts';
import { closeFrame } from '../protocol/websocket-frame.ts';
import type { WireTap } from './admin/wire-tap.ts';
import { type DirectHandle, directHandleOf, queuedBytes, writeFrames } from './direct-write.ts';
import type { InboundBudget } from './inbound-budget.ts';
import { MessageInflater } from './message-inflater.ts';
import { failureReason } from './receiver-failure.ts';
import type { Batched, WriteBatch } from './write-batch.ts';
import { pieceLimits, Receiver } from './ws-parts.ts';

/** What all endpoints of a server share. */
export interface EndpointOptions {
  readonly maxMessageBytes: number;
  /** A peer that has not ended the connection this long after a close frame is cut off. */
  readonly closeTimeoutMs: number;
  readonly batch: WriteBatch;
  readonly budget: InboundBudget;
}

/** RFC 6455, section 7.4.1: never on the wire. */
const noStatus = 1005;
const abnormal: CloseReason = { code: 1006, reason: '' };

/** Of a control frame as a client sends it: two bytes and the mask. */
const controlHeaderBytes = 6;

const owner = Symbol('endpoint');

interface Owned {
  [owner]: WebSocketEndpoint;
}

export class WebSocketEndpoint implements ClientSocket, Batched {
  readonly remoteAddress: string;
  readonly takesDeflated: boolean;
  session: ClientSession | null = null;
  /** While an administrator looks. */
  tap: WireTap | null = null;
  readonly #options: EndpointOptions;
  readonly #tcp: Socket;
  readonly #handle: DirectHandle | null;
  readonly #receiver: Receiver;
  #listener: SocketListener | null = null;
  #state: 'open' | 'closing' | 'closed' = 'open';
  /** How it came to an end; null while nobody has begun to close. */
  #ending: CloseReason | null = null;
  /** Nothing that is still to come can matter. */
  #isDeaf = false;
  #closeTimer: NodeJS.Timeout | null = null;
  /** Bytes of messages that are not complete yet. */
  #unfinishedBytes = 0;
  /** When it was last written to, the operating system did not take all. */
  #isBackedUp = false;
  /** Frames that wait for the end of the turn: mostly one. */
  #pending: Uint8Array | null = null;
  #morePending: Uint8Array[] | null = null;
  /** What goes behind them. */
  #tail: Uint8Array | null = null;
  #pendingBytes = 0;

  constructor(options: EndpointOptions, tcp: Socket, remoteAddress: string, takesDeflated: boolean) {
    this.#options = options;
    this.#tcp = tcp;
    this.#handle = directHandleOf(tcp);
    this.remoteAddress = remoteAddress;
    this.takesDeflated = takesDeflated;
    const maxPayload = options.maxMessageBytes;
    const extensions = takesDeflated ? { 'permessage-deflate': new MessageInflater(maxPayload) } : {};
    this.#receiver = new Receiver({ isServer: true, maxPayload, ...pieceLimits, extensions });
    own(this.#receiver, this);
    own(tcp, this);
    this.#receiver
      .on('message', onMessage)
      .on('ping', onPing)
      .on('pong', onPong)
      .on('conclude', onConclude)
      .on('drain', onDrain)
      .on('error', onReceiverError);
    tcp.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onTcpError);
    tcp.setTimeout(0);
    tcp.setNoDelay(true);
  }

  get bufferedBytes(): number {
    return this.#pendingBytes + (this.#isBackedUp ? queuedBytes(this.#tcp, this.#handle) : 0);
  }

  /** Begins to read. What arrives after this side began to close is of no use to anybody and is not passed on. */
  forwardTo(listener: SocketListener, head: Buffer): void {
    this.#listener = listener;
    if (head.length > 0) this.receive(head);
    this.#tcp.resume();
  }

  write(frame: Uint8Array | null, tail: Uint8Array | null): void {
    if (this.#state !== 'open') return;
    if (frame !== null) this.#enqueue(frame);
    if (tail === null) return;
    if (this.#pending === null) this.#enqueue(tail);
    else this.#tail = tail;
  }

  flush(): void {
    const first = this.#pending;
    const more = this.#morePending;
    const tail = this.#tail;
    if (first === null) return;
    this.#pending = null;
    this.#morePending = null;
    this.#tail = null;
    this.#pendingBytes = 0;
    if (tail !== null) this.tap?.sent(tail);
    const behind = tail === null ? more : more === null ? [tail] : [...more, tail];
    this.#isBackedUp = !writeFrames(this.#tcp, this.#handle, first, behind);
  }

  close(reason: CloseReason): void {
    if (this.#state !== 'open') return;
    this.#ending ??= reason;
    // Nothing may come behind a close frame.
    this.#tail = null;
    this.#enqueue(closeFrame(reason.code, reason.reason));
    this.#state = 'closing';
    this.#closeTimer = setTimeout(cutOff, this.#options.closeTimeoutMs, this.#tcp);
  }

  terminate(): void {
    this.#tcp.destroy();
  }

  /** Bytes from the peer. */
  receive(chunk: Buffer): void {
    if (this.#isDeaf) return;
    this.#setUnfinished(this.#unfinishedBytes + chunk.length);
    if (!this.#options.budget.allows(this.#unfinishedBytes)) this.#fail(closeReasons.overloaded);
    else if (!this.#receiver.write(chunk)) this.#tcp.pause();
  }

  received(kind: 'text' | 'binary' | 'ping' | 'pong', data: Buffer): void {
    // A control frame may come between the fragments of a message, which are still held.
    const isMessage = kind === 'text' || kind === 'binary';
    this.#setUnfinished(isMessage ? 0 : Math.max(this.#unfinishedBytes - controlHeaderBytes - data.length, 0));
    const listener = this.#listener;
    this.tap?.received(kind, data);
    if (this.#state !== 'open' || listener === null) return;
    switch (kind) {
      case 'text':
        listener.text(data.toString());
        return;
      case 'binary':
        listener.binary();
        return;
      case 'ping':
        listener.ping(data);
        return;
      case 'pong':
        listener.pong(data);
        return;
      default:
        kind satisfies never;
    }
  }

  resumeReading(): void {
    if (this.#state !== 'closed') this.#tcp.resume();
  }

  /** The peer's close frame: it is answered unless it is an answer, and then it is for the server to end the connection. */
  concluded(code: number, reason: string): void {
    this.#ending ??= { code, reason };
    this.close(code === noStatus ? { code, reason: '' } : { code, reason });
    this.#end();
  }

  /** The peer broke the protocol or a limit; `reason` tells it which. */
  receiverFailed(error: Error): void {
    this.#fail(failureReason(error));
  }

  /** The peer has nothing more to say, and did not say so in a close frame. */
  ended(): void {
    this.#ending ??= abnormal;
    this.#state = 'closing';
    this.#closeTimer ??= setTimeout(cutOff, this.#options.closeTimeoutMs, this.#tcp);
    this.#end();
  }

  closed(): void {
    this.#state = 'closed';
    this.#isDeaf = true;
    this.#setUnfinished(0);
    if (this.#closeTimer !== null) clearTimeout(this.#closeTimer);
    this.#receiver.destroy();
    const { code, reason } = this.#ending ?? abnormal;
    this.tap?.closed(code);
    this.#listener?.closed(code, reason);
    this.#listener = null;
  }

  #enqueue(frame: Uint8Array): void {
    this.tap?.sent(frame);
    this.#pendingBytes += frame.length;
    if (this.#pending === null) {
      this.#pending = frame;
      this.#options.batch.add(this);
      return;
    }
    this.#morePending ??= [];
    this.#morePending.push(frame);
  }

  #fail(reason: CloseReason): void {
    this.close(reason);
    this.#end();
  }

  #end(): void {
    this.#isDeaf = true;
    this.#setUnfinished(0);
    this.flush();
    this.#tcp.end();
    // What is still on its way is thrown away, and the end behind it is seen.
    this.#tcp.resume();
  }

  #setUnfinished(bytes: number): void {
    this.#options.budget.add(bytes - this.#unfinishedBytes);
    this.#unfinishedBytes = bytes;
  }
}

function own(emitter: object, endpoint: WebSocketEndpoint): void {
  (emitter as Owned)[owner] = endpoint;
}

function onMessage(this: unknown, data: Buffer, isBinary: boolean): void {
  (this as Owned)[owner].received(isBinary ? 'binary' : 'text', data);
}

function onPing(this: unknown, data: Buffer): void {
  (this as Owned)[owner].received('ping', data);
}

function onPong(this: unknown, data: Buffer): void {
  (this as Owned)[owner].received('pong', data);
}

function onConclude(this: unknown, code: number, reason: Buffer): void {
  (this as Owned)[owner].concluded(code, reason.toString());
}

function onDrain(this: unknown): void {
  (this as Owned)[owner].resumeReading();
}

function onReceiverError(this: unknown, error: Error): void {
  (this as Owned)[owner].receiverFailed(error);
}

function onData(this: unknown, chunk: Buffer): void {
  (this as Owned)[owner].receive(chunk);
}

function onEnd(this: unknown): void {
  (this as Owned)[owner].ended();
}

function onClose(this: unknown): void {
  (this as Owned)[owner].closed();
}

/** `close` follows. */
function onTcpError(): void {}

function cutOff(tcp: Socket): void {
  tcp.destroy();
}
