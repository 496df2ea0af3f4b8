/** One connection as the supervisor sees it, and the way from its socket to its actor. */
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
const closed: ConnectionMessage = { type: 'closed' };

export class Connection implements SocketListener {
  readonly name: string;
  readonly socket: ClientSocket;
  readonly #owner: ConnectionOwner;
  /** Set as soon as the actor is there. */
  ref!: ActorRef<ConnectionMessage>;
  isSlow = false;

  constructor(name: string, socket: ClientSocket, owner: ConnectionOwner) {
    this.name = name;
    this.socket = socket;
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

  closed(): void {
    if (this.ref.tell(closed) === 'overflow') this.#owner.lost(this);
  }

  #tell(message: ConnectionMessage): void {
    if (this.ref.tell(message) === 'overflow') this.#owner.flooded(this);
  }
}
