/**
 * An answer that grows: pieces come from a worker while readers take them, each at its own pace. When the last reader has left before
 * the end, nobody wants the rest and the work is called off.
 */

export interface HistoryAnswerOwner {
  /** The last reader left before the end. */
  abandoned(): void;
  /** The last reader left. */
  idle(): void;
}

/** More came, or the end. */
type Waiting = () => void;

export class HistoryAnswer {
  readonly #pieces: Uint8Array[] = [];
  readonly #owner: HistoryAnswerOwner;
  #waiting: Waiting[] = [];
  #readers = 0;
  #bytes = 0;
  #expected: number | null = null;
  #error: Error | null = null;

  constructor(owner: HistoryAnswerOwner) {
    this.#owner = owner;
  }

  get readers(): number {
    return this.#readers;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isComplete(): boolean {
    return this.#expected === this.#pieces.length;
  }

  push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    this.#wake();
  }

  /** @param pieces there will be in all; some may still be on their way. */
  finish(pieces: number): void {
    this.#expected = pieces;
    this.#wake();
  }

  fail(error: Error): void {
    this.#error = error;
    this.#wake();
  }

  /** Resolves when the first piece is there. @throws what the worker failed of before that. */
  async begun(): Promise<void> {
    while (this.#pieces.length === 0) {
      if (this.#error !== null) throw this.#error;
      await this.#more();
    }
  }

  /** Counts as a reader from the call on, so that the answer is not called off before it begins. */
  read(): AsyncIterableIterator<Uint8Array> {
    this.#readers++;
    let at = 0;
    let hasLeft = false;
    const leave = async (): Promise<IteratorResult<Uint8Array>> => {
      if (!hasLeft) this.#left();
      hasLeft = true;
      return { done: true, value: undefined };
    };
    const iterator: AsyncIterableIterator<Uint8Array> = {
      next: async () => {
        while (!hasLeft && at === this.#pieces.length && !this.isComplete) {
          if (this.#error !== null) {
            await leave();
            throw this.#error;
          }
          await this.#more();
        }
        if (hasLeft || at === this.#pieces.length) return leave();
        return { done: false, value: this.#pieces[at++]! };
      },
      return: leave,
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  #left(): void {
    this.#readers--;
    if (this.#readers > 0) return;
    if (!this.isComplete && this.#error === null) this.#owner.abandoned();
    this.#owner.idle();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
