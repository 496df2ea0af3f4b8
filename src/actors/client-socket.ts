/**
 * The socket port: all that a connection actor knows of the wire below it. The server's `ws` adapter implements it.
 */
import type { CloseReason } from '../protocol/close-reason.ts';
import type { ClientSession } from './client-session.ts';

export interface ClientSocket {
  readonly remoteAddress: string;
  /** Whether the client understands compressed frames. */
  readonly takesDeflated: boolean;
  /** Absent where nobody is asked who he is. */
  readonly session?: ClientSession | null;
  /** Bytes handed to `write` that the operating system has not taken yet. Blind to the kernel's own buffers. */
  readonly bufferedBytes: number;
  /**
   * Takes a finished WebSocket frame (header included). Those of one turn of the event loop leave together when it is over, and behind
   * them the last `tail` that was given. Without effect once the socket is closing.
   */
  write(frame: Uint8Array | null, tail: Uint8Array | null): void;
  /** Begins the closing handshake; a peer that does not answer it is cut off after the server's close timeout. */
  close(reason: CloseReason): void;
  /** Cuts the connection at once, without a handshake. */
  terminate(): void;
}

/** What a socket tells its owner. After `closed` nothing more comes. */
export interface SocketListener {
  text(text: string): void;
  binary(): void;
  /** Whoever listens answers it. */
  ping(payload: Uint8Array): void;
  pong(payload: Uint8Array): void;
  closed(code: number, reason: string): void;
}
