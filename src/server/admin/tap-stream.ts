/** Lines of a wire tap on their way to the one who looks: bounded, and what did not fit is counted in a line of its own. */

export class TapStream implements AsyncIterable<Uint8Array> {
  readonly #maxBytes: number;
  readonly #idleMs: number;
  readonly #left: () => void;
  #lines: Buffer[] = [];
  #bytes = 0;
  #dropped = 0;
  #isOver = false;
  #wake: () => void = () => {};

  /** @param idleMs after which an empty line says that there is still somebody. @param left the reader has gone, or all is read. */
  constructor(maxBytes: number, idleMs: number, left: () => void) {
    this.#maxBytes = maxBytes;
    this.#idleMs = idleMs;
    this.#left = left;
  }

  push(line: string): void {
    if (this.#isOver) return;
    const bytes = Buffer.from(line);
    if (this.#bytes + bytes.length > this.#maxBytes) this.#dropped++;
    else {
      this.#lines.push(bytes);
      this.#bytes += bytes.length;
    }
    this.#wake();
  }

  /** Nothing more will come. */
  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      // So that the head of the answer is sent.
      yield Buffer.from('\n');
      for (;;) {
        if (this.#lines.length > 0 || this.#dropped > 0) yield this.#take();
        else if (this.#isOver) return;
        else if (!(await this.#more())) yield Buffer.from('\n');
      }
    } finally {
      this.#isOver = true;
      this.#left();
    }
  }

  #take(): Uint8Array {
    const lost = this.#dropped === 0 ? [] : [Buffer.from(`${JSON.stringify({ dropped: this.#dropped })}\n`)];
    const all = Buffer.concat([...this.#lines, ...lost]);
    this.#lines = [];
    this.#bytes = 0;
    this.#dropped = 0;
    return all;
  }

  /** @returns false when nothing came for long. */
  #more(): Promise<boolean> {
    return new Promise((resolve) => {
      const idle = setTimeout(() => resolve(false), this.#idleMs);
      this.#wake = () => {
        clearTimeout(idle);
        resolve(true);
      };
    });
  }
}
