/**
 * The server's end of a simulated connection: what `WebSocketEndpoint` promises its owner, without TCP below it. Every byte that
 * leaves is recorded with its virtual time.
 */
import type { ClientSocket, SocketListener } from '../../src/actors/client-socket.ts';
import type { CloseReason } from '../../src/protocol/close-reason.ts';
import { closeFrame } from '../../src/protocol/websocket-frame.ts';
import type { Batched, WriteBatch } from '../../src/server/write-batch.ts';
import { injected } from './faults.ts';
import type { Track } from './recording.ts';
import type { ServerClock } from './server-clock.ts';

export interface VirtualSocketOptions {
  /** The server's, which dies with it. */
  readonly clock: ServerClock;
  readonly batch: WriteBatch;
  readonly remoteAddress: string;
  readonly takesDeflated: boolean;
  readonly closeTimeoutMs: number;
  /** Bytes under way that the operating system would hold; beyond it they are `bufferedBytes`. */
  readonly kernelBytes: number;
  readonly startedAt: number;
  readonly track: Track;
  readonly wire: Wire;
  readonly ended: () => void;
}

/** The way to the client. */
export interface Wire {
  /** Bytes on their way and not read by the client. */
  readonly unreadBytes: number;
  carry(frames: readonly Uint8Array[]): void;
  /** The connection is gone; what is under way still arrives. */
  end(): void;
}

export type MessageKind = 'text' | 'binary' | 'ping' | 'pong';

const abnormal: CloseReason = { code: 1006, reason: '' };

export class VirtualSocket implements ClientSocket, Batched {
  listener: SocketListener | null = null;
  /** The next frame that is written throws. */
  isBroken = false;
  readonly #options: VirtualSocketOptions;
  #state: 'open' | 'closing' | 'closed' = 'open';
  #ending: CloseReason | null = null;
  #closeTimer: unknown = null;
  #pending: Uint8Array[] = [];
  #tail: Uint8Array | null = null;

  constructor(options: VirtualSocketOptions) {
    this.#options = options;
  }

  get remoteAddress(): string {
    return this.#options.remoteAddress;
  }

  get takesDeflated(): boolean {
    return this.#options.takesDeflated;
  }

  get bufferedBytes(): number {
    return Math.max(this.#options.wire.unreadBytes - this.#options.kernelBytes, 0);
  }

  write(frame: Uint8Array | null, tail: Uint8Array | null): void {
    if (this.#state !== 'open') return;
    if (this.isBroken) {
      this.isBroken = false;
      throw new Error(`${injected}: the socket broke`);
    }
    if (frame !== null) this.#enqueue(frame);
    if (tail === null) return;
    if (this.#pending.length === 0) this.#enqueue(tail);
    else this.#tail = tail;
  }

  flush(): void {
    const frames = this.#pending;
    if (this.#tail !== null) frames.push(this.#tail);
    this.#pending = [];
    this.#tail = null;
    for (const frame of frames) this.#record(frame);
    if (frames.length > 0) this.#options.wire.carry(frames);
  }

  close(reason: CloseReason): void {
    if (this.#state !== 'open') return;
    this.#ending ??= reason;
    this.#tail = null;
    this.#enqueue(closeFrame(reason.code, reason.reason));
    this.#state = 'closing';
    this.#closeTimer = this.#options.clock.setTimer(() => this.#end(), this.#options.closeTimeoutMs);
  }

  terminate(): void {
    this.#endSoon();
  }

  /** From the client. */
  receive(kind: MessageKind, data: Buffer): void {
    this.#options.clock.arrive(() => this.#received(kind, data));
  }

  /** The client's close frame: it is answered, unless it is the answer. */
  concluded(code: number): void {
    this.#options.clock.arrive(() => {
      this.#ending ??= { code, reason: '' };
      this.close({ code, reason: '' });
      this.#endSoon();
    });
  }

  /** The client is gone without a word. */
  lost(): void {
    this.#options.clock.arrive(() => {
      this.#ending ??= abnormal;
      this.#endSoon();
    });
  }

  /** The server is gone: nobody is told on this side. */
  die(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.listener = null;
    this.#record('lost with the server');
    this.#options.wire.end();
    this.#options.ended();
  }

  /** What comes after this side began to close is of no use to anybody. */
  #received(kind: MessageKind, data: Buffer): void {
    const { listener } = this;
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

  /** In a turn of its own. */
  #endSoon(): void {
    this.#options.clock.setTimer(() => this.#end(), 0);
  }

  #end(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#options.clock.clearTimer(this.#closeTimer);
    const { code, reason } = this.#ending ?? abnormal;
    this.#record(`closed ${code}`);
    this.#options.wire.end();
    this.listener?.closed(code, reason);
    this.listener = null;
    this.#options.ended();
  }

  #enqueue(frame: Uint8Array): void {
    if (this.#pending.push(frame) === 1) this.#options.batch.add(this);
  }

  #record(what: Uint8Array | string): void {
    const { clock, startedAt, track } = this.#options;
    track.add(clock.now() - startedAt, what);
  }
}
