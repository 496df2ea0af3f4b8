/** The newest ids that went through, to tell what comes twice from what comes too late. */
export class RecentIds {
  readonly #size: number;
  #newer = new Set<number>();
  #older = new Set<number>();

  /** Remembers at least this many, and at most twice as many. */
  constructor(size: number) {
    this.#size = size;
  }

  add(id: number): void {
    if (this.#newer.size >= this.#size) {
      this.#older = this.#newer;
      this.#newer = new Set();
    }
    this.#newer.add(id);
  }

  has(id: number): boolean {
    return this.#newer.has(id) || this.#older.has(id);
  }
}
