/** How far recovery is, told to people about once a second: what is done, and how long the rest will take. */

export interface Recovery {
  readonly done: number;
  readonly total: number;
  /** Whole seconds; from the pace so far. */
  readonly etaSeconds: number;
}

interface Begun {
  readonly at: number;
  toldAt: number;
}

const tellEveryMs = 1000;

export class RecoveryProgress {
  readonly #now: () => number;
  readonly #tell: (symbol: string, recovery: Recovery) => void;
  readonly #begun = new Map<string, Begun>();

  /** @param now ms. */
  constructor(now: () => number, tell: (symbol: string, recovery: Recovery) => void) {
    this.#now = now;
    this.#tell = tell;
  }

  /** @param done events of `total`. */
  progressed(symbol: string, done: number, total: number): void {
    const now = this.#now();
    const begun = this.#begun.get(symbol);
    if (begun === undefined) {
      this.#begun.set(symbol, { at: now, toldAt: now });
      return;
    }
    if (now - begun.toldAt < tellEveryMs) return;
    begun.toldAt = now;
    const etaMs = ((now - begun.at) / done) * (total - done);
    this.#tell(symbol, { done, total, etaSeconds: Math.ceil(etaMs / 1000) });
  }
}
