/** All that any client of any server was shown: one picture has one name, and one name one picture. */
export interface Shown {
  readonly symbol: string;
  readonly epoch: string;
  readonly seq: number;
  readonly checksum: number;
  /** When it was made, ms since 1970. */
  readonly madeAt: number;
}

export class ClusterLedger {
  readonly problems: string[] = [];
  readonly #checksums = new Map<string, number>();
  readonly #newest = new Map<string, Shown>();
  /** Longest time without a new picture, ms, since it was last asked for; by symbol. */
  readonly #silences = new Map<string, number>();
  readonly #heardAt = new Map<string, number>();
  shown = 0;

  get pictures(): number {
    return this.#checksums.size;
  }

  note(shown: Shown): void {
    const { symbol, epoch, seq, checksum } = shown;
    this.shown++;
    const name = `${symbol} ${epoch} ${seq}`;
    const known = this.#checksums.get(name);
    if (known === undefined) this.#checksums.set(name, checksum);
    else if (known !== checksum) this.problems.push(`${name} was shown with checksums ${known} and ${checksum}`);
    const newest = this.#newest.get(symbol);
    if (newest !== undefined && newest.madeAt >= shown.madeAt) return;
    this.#newest.set(symbol, shown);
    const now = performance.now();
    const silence = now - (this.#heardAt.get(symbol) ?? now);
    this.#silences.set(symbol, Math.max(this.#silences.get(symbol) ?? 0, silence));
    this.#heardAt.set(symbol, now);
  }

  newest(symbol: string): Shown | undefined {
    return this.#newest.get(symbol);
  }

  /** Of all symbols, since it was last asked for, ms. */
  takeLongestSilence(): number {
    const longest = Math.max(0, ...this.#silences.values());
    this.#silences.clear();
    return longest;
  }
}
