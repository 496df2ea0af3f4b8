/** The symbols of this server and what is known of each: the books that health shows, and what is wrong. */
import { assumptionsOf, observedShare } from './market/assumptions.ts';
import type { Book } from './market/book.ts';
import { levelPrice } from './market/price-grid.ts';
import { booksOf, type SymbolBook, viewOf } from './market/symbol-book.ts';
import type { SymbolHealth, VenueBookHealth } from './protocol/http-view.ts';

/** Written here, or shown as another server tells of it. */
type SymbolState =
  | { readonly kind: 'written'; readonly epoch: string; readonly book: SymbolBook }
  | { readonly kind: 'followed'; readonly description: SymbolDescription; lagMs: number | null };

/** What is known of a symbol beside its pictures. */
export interface SymbolDescription {
  readonly health: SymbolHealth;
  readonly assumptions: readonly string[];
}

export class SymbolRegistry {
  readonly symbols: readonly string[];
  readonly #states = new Map<string, SymbolState>();
  readonly #isShared: boolean;
  readonly #problems = new Map<string, string>();
  readonly #whenAll = Promise.withResolvers<void>();

  /** @param isShared whether other servers write some of the symbols. */
  constructor(symbols: readonly string[], isShared = false) {
    this.symbols = symbols;
    this.#isShared = isShared;
  }

  /** Resolves when every symbol's book was recovered once, or another server was heard to write it. */
  get allRecovered(): Promise<void> {
    return this.#whenAll.promise;
  }

  get isRecovered(): boolean {
    return this.#states.size === this.symbols.length;
  }

  get problems(): string[] {
    return [...this.#problems.values()];
  }

  recovered(symbol: string, epoch: string, book: SymbolBook): void {
    this.#became(symbol, { kind: 'written', epoch, book });
  }

  /** @param lagMs null: as it was. */
  followed(symbol: string, description: SymbolDescription, lagMs: number | null): void {
    const before = this.#states.get(symbol);
    const lag = lagMs ?? (before?.kind === 'followed' ? before.lagMs : null);
    this.#became(symbol, { kind: 'followed', description, lagMs: lag });
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
    const state = this.#states.get(symbol);
    return state?.kind === 'followed' ? state.description.health.epoch : state?.epoch;
  }

  /** Of a symbol that is written here. */
  bookOf(symbol: string): SymbolBook | undefined {
    const state = this.#states.get(symbol);
    return state?.kind === 'written' ? state.book : undefined;
  }

  /** Of a symbol that is known. */
  description(symbol: string): SymbolDescription {
    const state = this.#states.get(symbol)!;
    if (state.kind === 'followed') return state.description;
    return { health: symbolHealth(state.epoch, state.book), assumptions: assumptionsOf(booksOf(state.book)) };
  }

  health(): Record<string, SymbolHealth> {
    return Object.fromEntries([...this.#states].map(([symbol, state]) => [symbol, this.#healthOf(symbol, state)]));
  }

  assumptions(): Record<string, string[]> {
    return Object.fromEntries(
      [...this.#states.keys()].map((symbol) => [symbol, [...this.description(symbol).assumptions]]),
    );
  }

  #healthOf(symbol: string, state: SymbolState): SymbolHealth {
    const { health } = this.description(symbol);
    if (!this.#isShared) return health;
    if (state.kind === 'written') return { ...health, role: 'writer' };
    return { ...health, role: 'gateway', ...(state.lagMs !== null && { lag_ms: state.lagMs }) };
  }

  #became(symbol: string, state: SymbolState): void {
    this.#states.set(symbol, state);
    if (this.isRecovered) this.#whenAll.resolve();
  }
}

function symbolHealth(epoch: string, book: SymbolBook): SymbolHealth {
  const { price, books } = viewOf(book, null);
  const venues = booksOf(book).flatMap((one) => (one.venue === undefined ? [] : [[one.venue, venueBook(one)]]));
  return {
    epoch,
    seq: book.version,
    market_time: book.version === 0 ? null : new Date(book.time).toISOString(),
    current_price: measured(price),
    observed_share: observedShare(books),
    level_step: book.levelStep === null ? null : levelPrice(book.levelStep, 1),
    ...(venues.length > 0 && { venues: Object.fromEntries(venues) }),
  };
}

function venueBook(book: Book): VenueBookHealth {
  return {
    events: book.version,
    current_price: measured(book.price),
    open_interest: measured(book.openInterest),
    observed_share: observedShare([book]),
  };
}

function measured(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
