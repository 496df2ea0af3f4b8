/** Bytes gathered into pieces of shared memory, each handed over when it is full. */
const pieceBytes = 256 * 1024;

export class PieceWriter {
  readonly #send: (piece: Uint8Array) => void;
  #piece = new Uint8Array(new SharedArrayBuffer(pieceBytes));
  #at = 0;
  #pieces = 0;
  #bytes = 0;

  constructor(send: (piece: Uint8Array) => void) {
    this.#send = send;
  }

  /** Bytes so far. */
  get bytes(): number {
    return this.#bytes + this.#at;
  }

  add(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.#at === pieceBytes) this.#hand();
      const part = rest.subarray(0, pieceBytes - this.#at);
      this.#piece.set(part, this.#at);
      this.#at += part.length;
      rest = rest.subarray(part.length);
    }
  }

  /** @returns how many pieces there were. */
  finish(): number {
    if (this.#at > 0) this.#hand();
    return this.#pieces;
  }

  #hand(): void {
    this.#send(this.#piece.subarray(0, this.#at));
    this.#pieces++;
    this.#bytes += this.#at;
    this.#piece = new Uint8Array(new SharedArrayBuffer(pieceBytes));
    this.#at = 0;
  }
}
