/** The last frames of a symbol that somebody was given, by their seq: where clients that skipped some, or were away, are taken up again. */
export class RecentFrames<F extends { readonly seq: number }> {
  readonly #capacity: number;
  /** Oldest first. */
  readonly #bySeq = new Map<number, F>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(frame: F): void {
    if (this.#bySeq.get(frame.seq) === frame) return;
    this.#bySeq.delete(frame.seq);
    this.#bySeq.set(frame.seq, frame);
    if (this.#bySeq.size > this.#capacity) this.#bySeq.delete(this.#bySeq.keys().next().value!);
  }

  /** @returns `undefined` when the past is gone, or never was. */
  at(seq: number): F | undefined {
    return this.#bySeq.get(seq);
  }
}
