/**
 * The traders of one side of a simulated market: positions with a known entry, leverage and liquidation price.
 *
 * A lot stands for many small positions that were opened together and bear the same distance; it is closed or liquidated as one.
 * There are tens of thousands of lots, so they lie in columns; a lot is known by its slot, and slots are used again.
 */
import type { PositionSide } from '../market/event.ts';
import type { LeverageLadder } from '../market/leverage-ladder.ts';
import { LiquidationQueue } from './liquidation-queue.ts';
import type { Random } from './random.ts';

export interface Lot {
  readonly entryPrice: number;
  readonly leverage: number;
  /** USD; 0 when no price liquidates it. */
  readonly liquidationPrice: number;
  /** Contracts. */
  readonly quantity: number;
}

const firstSlots = 1024;

export class SideOfTraders {
  readonly #side: PositionSide;
  readonly #ladder: LeverageLadder;
  readonly #random: Random;
  readonly #queue: LiquidationQueue;
  #entryPrice = new Float64Array(firstSlots);
  #quantity = new Float64Array(firstSlots);
  #rung = new Uint8Array(firstSlots);
  /** Slots: the open ones first, in no order, then those that are free. */
  #slots = Int32Array.from({ length: firstSlots }, (_, slot) => slot);
  /** Where each slot lies in that list. */
  #places = this.#slots.slice();
  #open = 0;
  #total = 0;

  constructor(side: PositionSide, ladder: LeverageLadder, random: Random) {
    this.#side = side;
    this.#ladder = ladder;
    this.#random = random;
    this.#queue = new LiquidationQueue(side);
  }

  /** Contracts of all open lots. */
  get total(): number {
    return this.#total;
  }

  get lotCount(): number {
    return this.#open;
  }

  /** The open lots, for comparing a book with the truth. */
  lots(): Lot[] {
    return Array.from(this.#slots.subarray(0, this.#open), (slot) => this.#lot(slot));
  }

  /** Opens a lot whose leverage is drawn from the ladder. */
  open(quantity: number, entryPrice: number): void {
    if (this.#open === this.#slots.length) this.#grow();
    const slot = this.#slots[this.#open++]!;
    this.#entryPrice[slot] = entryPrice;
    this.#quantity[slot] = quantity;
    this.#rung[slot] = this.#drawRung();
    this.#total += quantity;
    this.#queue.add(slot, this.#liquidationPrice(slot));
  }

  /** Closes this many contracts of lots chosen blindly. @returns what was there to close. */
  close(quantity: number): number {
    let left = quantity;
    while (left > 0 && this.#open > 0) {
      const slot = this.#slots[Math.floor(this.#random.uniform() * this.#open)]!;
      const closed = Math.min(this.#quantity[slot]!, left);
      left -= closed;
      this.#reduce(slot, closed);
    }
    return quantity - left;
  }

  /** Takes out the lot that is liquidated first, if the mark price has reached it. */
  takeLiquidated(markPrice: number): Lot | null {
    const slot = this.#queue.takeReached(markPrice);
    if (slot === -1) return null;
    const lot = this.#lot(slot);
    this.#reduce(slot, lot.quantity, true);
    return lot;
  }

  #lot(slot: number): Lot {
    return {
      entryPrice: this.#entryPrice[slot]!,
      leverage: this.#ladder.leverage[this.#rung[slot]!]!,
      liquidationPrice: this.#liquidationPrice(slot),
      quantity: this.#quantity[slot]!,
    };
  }

  #liquidationPrice(slot: number): number {
    return this.#ladder[this.#side][this.#rung[slot]!]! * this.#entryPrice[slot]!;
  }

  #reduce(slot: number, quantity: number, isLiquidated = false): void {
    this.#total -= quantity;
    this.#quantity[slot]! -= quantity;
    if (this.#quantity[slot]! > 0) return;
    if (!isLiquidated) this.#queue.remove(slot);
    const place = this.#places[slot]!;
    const last = this.#slots[--this.#open]!;
    this.#slots[place] = last;
    this.#places[last] = place;
    this.#slots[this.#open] = slot;
    this.#places[slot] = this.#open;
    if (this.#open === 0) this.#total = 0;
  }

  #drawRung(): number {
    const { weight } = this.#ladder;
    let left = this.#random.uniform();
    for (let rung = 0; rung < weight.length - 1; rung++) {
      left -= weight[rung]!;
      if (left < 0) return rung;
    }
    return weight.length - 1;
  }

  #grow(): void {
    const slots = this.#slots.length * 2;
    const larger = <C extends Float64Array | Uint8Array | Int32Array>(column: C, copy: C): C => {
      copy.set(column);
      return copy;
    };
    this.#entryPrice = larger(this.#entryPrice, new Float64Array(slots));
    this.#quantity = larger(this.#quantity, new Float64Array(slots));
    this.#rung = larger(this.#rung, new Uint8Array(slots));
    const numbered = Int32Array.from({ length: slots }, (_, slot) => slot);
    this.#slots = larger(this.#slots, numbered);
    this.#places = larger(this.#places, numbered.slice());
  }
}
