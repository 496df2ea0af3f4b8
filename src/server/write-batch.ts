/**
 * Sockets that were given something to write in this turn of the event loop; they write it when the turn is over.
 *
 * Frames of several symbols then leave a socket in one system call, and the system calls of all sockets come one after another, apart
 * from the work that decided on them.
 */
export interface Batched {
  flush(): void;
}

export class WriteBatch {
  #sockets: Batched[] = [];
  #next: Batched[] = [];

  add(socket: Batched): void {
    if (this.#next.push(socket) === 1) process.nextTick(this.#flush);
  }

  readonly #flush = (): void => {
    const sockets = this.#next;
    this.#next = this.#sockets;
    this.#sockets = sockets;
    for (const socket of sockets) socket.flush();
    sockets.length = 0;
  };
}
