/** The symbols of this server and what is known of each: the books that health shows, and what is wrong. */
import { assumptionsOf, observedShare } from './market/assumptions.ts';
import type { Book } from './market/book.ts';
import { levelPrice } from './market/price-grid.ts';
import type { SymbolHealth } from './protocol/http-view.ts';

interface Recovered {
  readonly epoch: string;
  readonly book: Book;
}

export class SymbolRegistry {
  readonly symbols: readonly string[];
  readonly #recovered = new Map<string, Recovered>();
  readonly #problems = new Map<string, string>();
  readonly #whenAll = Promise.withResolvers<void>();

  constructor(symbols: readonly string[]) {
    this.symbols = symbols;
  }

  /** Resolves when every symbol's book was recovered once. */
  get allRecovered(): Promise<void> {
    return this.#whenAll.promise;
  }

  get isRecovered(): boolean {
    return this.#recovered.size === this.symbols.length;
  }

  get problems(): string[] {
    return [...this.#problems.values()];
  }

  recovered(symbol: string, epoch: string, book: Book): void {
    this.#recovered.set(symbol, { epoch, book });
    if (this.isRecovered) this.#whenAll.resolve();
  }

  /** A symbol whose actor failed before it was recovered: nobody need wait for it any more. */
  failed(error: Error): void {
    this.#whenAll.reject(error);
  }

  /** @param name what is wrong, once; a later problem of this name replaces it. */
  addProblem(name: string, text: string): void {
    this.#problems.set(name, text);
  }

  clearProblem(name: string): void {
    this.#problems.delete(name);
  }

  epochOf(symbol: string): string | undefined {
    return this.#recovered.get(symbol)?.epoch;
  }

  bookOf(symbol: string): Book | undefined {
    return this.#recovered.get(symbol)?.book;
  }

  health(): Record<string, SymbolHealth> {
    return Object.fromEntries([...this.#recovered].map(([symbol, state]) => [symbol, symbolHealth(state)]));
  }

  assumptions(): Record<string, string[]> {
    return Object.fromEntries([...this.#recovered].map(([symbol, { book }]) => [symbol, assumptionsOf(book)]));
  }
}

function symbolHealth({ epoch, book }: Recovered): SymbolHealth {
  return {
    epoch,
    seq: book.version,
    market_time: book.version === 0 ? null : new Date(book.time).toISOString(),
    current_price: Number.isNaN(book.price) ? null : book.price,
    observed_share: observedShare(book),
    level_step: book.levelStep === null ? null : levelPrice(book.levelStep, 1),
  };
}
