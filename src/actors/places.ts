/**
 * Connections there may be in the whole process. Each thread counts its own, in memory that all share, so that the sum is never
 * exceeded and what a lost thread held can be given back.
 */
export class Places {
  readonly max: number;
  readonly #taken: Int32Array;
  readonly #slot: number;

  /** @param memory of `Places.memoryFor`; @param slot of the thread. */
  constructor(max: number, memory = Places.memoryFor(1), slot = 0) {
    this.max = max;
    this.#taken = new Int32Array(memory);
    this.#slot = slot;
  }

  static memoryFor(threads: number): SharedArrayBuffer {
    return new SharedArrayBuffer(threads * Int32Array.BYTES_PER_ELEMENT);
  }

  /** @returns false when all are taken. */
  take(): boolean {
    Atomics.add(this.#taken, this.#slot, 1);
    let taken = 0;
    for (let slot = 0; slot < this.#taken.length; slot++) taken += Atomics.load(this.#taken, slot);
    if (taken <= this.max) return true;
    this.free();
    return false;
  }

  free(): void {
    Atomics.sub(this.#taken, this.#slot, 1);
  }

  /** The thread is gone, and its connections with it. */
  freeAll(): void {
    Atomics.store(this.#taken, this.#slot, 0);
  }
}
