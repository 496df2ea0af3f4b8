/**
 * Memory that all clients together may hold with messages they have begun and not finished. One message may be large, but not one of
 * every client at once. A message of ordinary size is always let through, whatever others hold.
 */
const ordinaryBytes = 65_536;

export class InboundBudget {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** @param ownBytes what the one who asks holds; it is counted already. */
  allows(ownBytes: number): boolean {
    return ownBytes <= ordinaryBytes || this.#bytes <= this.#maxBytes;
  }
}
