/**
 * The traders of a simulated market: positions with a known entry, leverage and liquidation price. Longs and shorts always hold the
 * same number of contracts, because every trade has two sides.
 *
 * A lot stands for many small positions that were opened together and bear the same distance; it is closed or liquidated as one.
 */
import type { PositionSide } from '../market/event.ts';
import { isolatedLiquidationPrice } from '../market/liquidation-price.ts';
import type { MarginTier } from '../market/margin-tiers.ts';
import type { Random } from './random.ts';

export interface Lot {
  readonly side: PositionSide;
  readonly entryPrice: number;
  readonly leverage: number;
  /** USD; 0 when no price liquidates it. */
  readonly liquidationPrice: number;
  /** Contracts; 0 once it is closed. */
  quantity: number;
  /** Place in the list of open lots. */
  index: number;
}

export interface LeverageDistances {
  readonly nearest: number;
  readonly farthest: number;
}

/** Notional in USD of one of the positions that a lot stands for. */
const positionNotional = 10_000;
/** A heap with this many times more entries than open lots is mostly closed ones and is made anew. */
const heapSlack = 4;

export class SideOfTraders {
  readonly side: PositionSide;
  readonly #tiers: readonly MarginTier[];
  readonly #distances: LeverageDistances;
  readonly #random: Random;
  readonly #lots: Lot[] = [];
  /** Nearest liquidation first: the highest price of longs, the lowest of shorts. Closed lots are passed over. */
  #heap: Lot[] = [];
  #total = 0;

  constructor(side: PositionSide, tiers: readonly MarginTier[], distances: LeverageDistances, random: Random) {
    this.side = side;
    this.#tiers = tiers;
    this.#distances = distances;
    this.#random = random;
  }

  /** Contracts of all open lots. */
  get total(): number {
    return this.#total;
  }

  get lots(): readonly Lot[] {
    return this.#lots;
  }

  /** Opens a lot whose liquidation distance is drawn evenly. */
  open(quantity: number, entryPrice: number): Lot {
    const { nearest, farthest } = this.#distances;
    const distance = nearest + (farthest - nearest) * this.#random.uniform();
    const leverage = 1 / (1 - (1 - distance) * (1 - this.#tiers[0]!.maintenanceRate));
    const position = { side: this.side, quantity: positionNotional / entryPrice, entryPrice };
    const liquidationPrice = isolatedLiquidationPrice(position, leverage, this.#tiers) ?? 0;
    const lot: Lot = { side: this.side, entryPrice, leverage, liquidationPrice, quantity, index: this.#lots.length };
    this.#lots.push(lot);
    this.#total += quantity;
    if (liquidationPrice > 0) this.#push(lot);
    return lot;
  }

  /** Closes this many contracts of lots chosen blindly. @returns what was there to close. */
  close(quantity: number): number {
    let left = quantity;
    while (left > 0 && this.#lots.length > 0) {
      const lot = this.#lots[Math.floor(this.#random.uniform() * this.#lots.length)]!;
      const closed = Math.min(lot.quantity, left);
      left -= closed;
      this.#reduce(lot, closed);
    }
    return quantity - left;
  }

  /** Takes out the lot that is liquidated first, if the mark price has reached it. */
  takeLiquidated(markPrice: number): Lot | null {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      const isOver = first.quantity === 0;
      const isHit = this.side === 'long' ? first.liquidationPrice >= markPrice : first.liquidationPrice <= markPrice;
      if (!isOver && !isHit) return null;
      this.#pop();
      if (isOver) continue;
      const liquidated = { ...first };
      this.#reduce(first, first.quantity);
      return liquidated;
    }
    return null;
  }

  #reduce(lot: Lot, quantity: number): void {
    this.#total -= quantity;
    lot.quantity -= quantity;
    if (lot.quantity > 0) return;
    const last = this.#lots.pop()!;
    if (last !== lot) {
      this.#lots[lot.index] = last;
      last.index = lot.index;
    }
    if (this.#lots.length === 0) this.#total = 0;
    if (this.#heap.length > heapSlack * (this.#lots.length + 16)) this.#rebuildHeap();
  }

  #rebuildHeap(): void {
    const open = this.#lots.filter(({ liquidationPrice }) => liquidationPrice > 0);
    this.#heap = [];
    for (const lot of open) this.#push(lot);
  }

  #isNearer(a: Lot, b: Lot): boolean {
    return this.side === 'long' ? a.liquidationPrice > b.liquidationPrice : a.liquidationPrice < b.liquidationPrice;
  }

  #push(lot: Lot): void {
    const heap = this.#heap;
    let at = heap.push(lot) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isNearer(lot, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = lot;
  }

  #pop(): void {
    const heap = this.#heap;
    const moved = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#isNearer(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#isNearer(heap[child]!, moved)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = moved;
  }
}
