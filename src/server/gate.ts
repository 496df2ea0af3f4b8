/**
 * What the server asks of those who own the connections: whether one more may come in, and who listens to it.
 *
 * Both are asked in the same turn, so nobody can take the place in between.
 */
import type { Admission } from '../actors/admission.ts';
import type { ClientSocket, SocketListener } from '../actors/client-socket.ts';

export interface Gate {
  /** @param remoteAddress of the TCP peer; what a proxy says of others in a header is not believed. */
  admit(remoteAddress: string): Admission;
  /** The socket is open. What it hears from now on goes to the listener, whose name is the connection's. */
  open(socket: ClientSocket): SocketListener & { readonly name: string };
}
