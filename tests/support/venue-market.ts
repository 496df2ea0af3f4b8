/**
 * What truly happens on a simulated venue: trades, marks, open interest and liquidations of some symbols, from a seed. The facts are
 * observations as a perfect feed would give them, so a test can hold what came through against what was.
 */
import { Random } from '../../src/feed/random.ts';
import { liquidationId } from '../../src/feed/venues/liquidation-id.ts';
import type { Observation, SymbolObservation } from '../../src/market/event.ts';
import { type MarginTier, marginTierSets, tiersOf } from '../../src/market/margin-tiers.ts';
import type { VenueName } from '../../src/market/venues.ts';

export interface VenueMarketOptions {
  readonly venue: VenueName;
  readonly symbols: readonly string[];
  readonly seed: string;
  /** Exchange time in ms. */
  readonly startTime: number;
  readonly tradesPerSecond: number;
}

/** The market moves in steps of this length; facts lie anywhere within. */
const stepMs = 20;
const markEveryMs = { binance: 1000, bybit: 100, okx: 200 } as const;
const liquidationsPerSecond = 0.5;
const firstPrice = 50_000;

interface SymbolState {
  readonly symbol: string;
  readonly trades: Observation[];
  price: number;
  interest: number;
  tradeId: number;
  nextMarkAt: number;
  lastTick: readonly Observation[];
}

export class VenueMarket {
  /** By symbol; of all others the table is the first bundled one. */
  readonly marginTiers = new Map<string, readonly MarginTier[]>();
  readonly #options: VenueMarketOptions;
  readonly #random: Random;
  readonly #states: readonly SymbolState[];
  #time: number;

  constructor(options: VenueMarketOptions) {
    this.#options = options;
    this.#random = new Random(`${options.seed} ${options.venue}`);
    this.#time = options.startTime;
    const nextMarkAt = options.startTime + markEveryMs[options.venue];
    this.#states = options.symbols.map((symbol, i) => {
      const tradeId = 1_000_000 + 1000 * i;
      return { symbol, trades: [], price: firstPrice / (i + 1), interest: 10_000, tradeId, nextMarkAt, lastTick: [] };
    });
  }

  /** Exchange time up to which everything happened, in ms. */
  get time(): number {
    return this.#time;
  }

  get symbols(): readonly string[] {
    return this.#options.symbols;
  }

  marginTiersOf(symbol: string): readonly MarginTier[] {
    return this.marginTiers.get(symbol) ?? tiersOf(marginTierSets[0]!, symbol);
  }

  /** Of every symbol: its name, its price in USD, its open interest in contracts. */
  listing(): { readonly symbol: string; readonly price: number; readonly interest: number }[] {
    return this.#states.map(({ symbol, price, interest }) => ({ symbol, price, interest }));
  }

  interestOf(symbol: string): number | undefined {
    return this.#states.find((state) => state.symbol === symbol)?.interest;
  }

  /** Mark, and open interest if it changed then, at the newest tick. */
  lastTickOf(symbol: string): readonly Observation[] {
    return this.#states.find((state) => state.symbol === symbol)?.lastTick ?? [];
  }

  /** All trades of a symbol, by id. */
  tradesOf(symbol: string): readonly Observation[] {
    return this.#states.find((state) => state.symbol === symbol)?.trades ?? [];
  }

  /** What happened until `time`, in order of time within a symbol. */
  advanceTo(time: number): SymbolObservation[] {
    const facts: SymbolObservation[] = [];
    for (; this.#time + stepMs <= time; this.#time += stepMs) {
      for (const state of this.#states) {
        const moment = this.#step(state).sort((a, b) => a.time - b.time || a.id - b.id);
        for (const observation of moment) facts.push({ symbol: state.symbol, observation });
      }
    }
    return facts;
  }

  #step(state: SymbolState): Observation[] {
    const found: Observation[] = [];
    if (this.#happens(this.#options.tradesPerSecond)) found.push(...this.#trades(state));
    if (state.nextMarkAt < this.#time + stepMs) found.push(...this.#ticker(state));
    if (this.#happens(liquidationsPerSecond)) found.push(this.#liquidation(state));
    return found;
  }

  #happens(perSecond: number): boolean {
    return this.#random.uniform() < (perSecond * stepMs) / 1000;
  }

  #trades(state: SymbolState): Observation[] {
    const taker = this.#random.uniform() < 0.5 ? 'buy' : 'sell';
    state.price *= 1 + (taker === 'buy' ? 1 : -1) * 0.0005 * this.#random.uniform();
    const time = this.#moment();
    const fills = this.#options.venue === 'binance' ? 1 : 1 + Math.floor(3 * this.#random.uniform());
    const isSequenced = this.#options.venue === 'bybit';
    // A cross sequence counts more than trades; the others count them one by one.
    if (isSequenced) state.tradeId += 1 + Math.floor(20 * this.#random.uniform());
    // OKX tells only the sum of what one taker took at one price.
    const alike = this.#options.venue === 'okx' ? this.#quantity() : null;
    const trades = Array.from({ length: fills }, (_, place): Observation => {
      const id = isSequenced ? state.tradeId * 1000 + place : ++state.tradeId;
      return { kind: 'trade', time, id, price: cents(state.price), quantity: alike ?? this.#quantity(), taker };
    });
    state.trades.push(...trades);
    return trades;
  }

  #ticker(state: SymbolState): Observation[] {
    const time = state.nextMarkAt;
    const { venue } = this.#options;
    state.nextMarkAt += markEveryMs[venue];
    const mark: Observation = { kind: 'mark_price', time, id: time, price: cents(state.price) };
    const hasChanged = this.#random.uniform() < 0.5;
    if (hasChanged) state.interest = cents(state.interest + this.#random.uniform() * 20 - 10);
    const isTold = hasChanged && venue !== 'binance';
    const interest: Observation = { kind: 'open_interest', time, id: time, contracts: state.interest };
    state.lastTick = isTold ? [mark, interest] : [mark];
    return [...state.lastTick];
  }

  #liquidation(state: SymbolState): Observation {
    const time = this.#moment();
    const side = this.#random.uniform() < 0.5 ? 'long' : 'short';
    const [price, quantity] = [cents(state.price), this.#quantity()];
    return { kind: 'liquidation', time, id: liquidationId(time, 0), price, quantity, side };
  }

  #moment(): number {
    return this.#time + Math.floor(this.#random.uniform() * stepMs);
  }

  #quantity(): number {
    return Math.ceil(this.#random.uniform() * 5000) / 1000;
  }
}

function cents(value: number): number {
  return Math.round(value * 100) / 100;
}
