/**
 * Sockets that were given something to write in this turn of the event loop; they write it when the turn is over.
 *
 * Frames of several symbols then leave a socket in one system call, and the system calls of all sockets come one after another, apart
 * from the work that decided on them.
 */
export interface Batched {
  flush(): void;
}

/** Told of each turn's writes, not of each socket's. */
export interface WriteObserver {
  firstWritten?(): void;
  allWritten?(): void;
}

export class WriteBatch {
  readonly #observer: WriteObserver;
  #sockets: Batched[] = [];
  #next: Batched[] = [];

  constructor(observer: WriteObserver = {}) {
    this.#observer = observer;
  }

  add(socket: Batched): void {
    if (this.#next.push(socket) === 1) process.nextTick(this.#flush);
  }

  readonly #flush = (): void => {
    const sockets = this.#next;
    this.#next = this.#sockets;
    this.#sockets = sockets;
    sockets[0]!.flush();
    this.#observer.firstWritten?.();
    for (let i = 1; i < sockets.length; i++) sockets[i]!.flush();
    this.#observer.allWritten?.();
    sockets.length = 0;
  };
}
