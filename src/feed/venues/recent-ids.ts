/**
 * The newest ids that went through, to tell what comes twice from what comes too late. One is noted for every fact and looked for only
 * when something comes late, so they lie in a ring that is searched.
 */
export class RecentIds {
  readonly #ring: Float64Array;
  #next = 0;

  /** @param size how many are remembered. */
  constructor(size: number) {
    this.#ring = new Float64Array(size).fill(Number.NaN);
  }

  add(id: number): void {
    this.#ring[this.#next] = id;
    this.#next = (this.#next + 1) % this.#ring.length;
  }

  has(id: number): boolean {
    return this.#ring.includes(id);
  }
}
