/** One connection as the supervisor sees it, and the way from its socket to its actor. */
import { closeReasons } from '../protocol/close-reason.ts';
import type { ClientSocket, SocketListener } from './client-socket.ts';
import type { ConnectionMessage } from './connection-message.ts';
import type { ActorRef } from './kernel/actor-ref.ts';

export interface ConnectionOwner {
  /** More came in one turn than burst and patience together allow: there is no reading this client. */
  flooded(connection: Connection): void;
  /** The socket is gone and the actor could not be told. */
  lost(connection: Connection): void;
}

const binary: ConnectionMessage = { type: 'binary' };
/** RFC 6455, section 7.4.1: the connection ended without a close frame. */
const noGoodbye = 1006;

const closed: ConnectionMessage = { type: 'closed' };

export class Connection implements SocketListener {
  readonly name: string;
  readonly socket: ClientSocket;
  /** Of the supervisor's wheel. */
  readonly slice: number;
  readonly #owner: ConnectionOwner;
  /** Set as soon as the actor is there. */
  ref!: ActorRef<ConnectionMessage>;
  /** Age of the oldest frame that was unread when it was last asked, in ms. */
  lagMs = 0;
  isSlow = false;
  hasEnded = false;
  /** It ended without a goodbye, or was closed as too slow: whoever comes next from there may be the same client again. */
  isLost = false;

  constructor(name: string, socket: ClientSocket, slice: number, owner: ConnectionOwner) {
    this.name = name;
    this.socket = socket;
    this.slice = slice;
    this.#owner = owner;
  }

  text(text: string): void {
    this.#tell({ type: 'text', text });
  }

  binary(): void {
    this.#tell(binary);
  }

  ping(payload: Uint8Array): void {
    this.#tell({ type: 'ping', payload });
  }

  pong(payload: Uint8Array): void {
    this.#tell({ type: 'pong', payload });
  }

  closed(code: number): void {
    this.isLost = code === noGoodbye || code === closeReasons.slow_consumer.code;
    if (this.ref.tell(closed) === 'overflow') this.#owner.lost(this);
  }

  #tell(message: ConnectionMessage): void {
    if (this.ref.tell(message) === 'overflow') this.#owner.flooded(this);
  }
}
