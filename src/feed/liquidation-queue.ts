/**
 * Slots in the order in which a price reaches them: a binary heap in columns that knows where each slot lies, so that one that is
 * closed before can be taken out.
 */
import type { PositionSide } from '../market/event.ts';

const firstRoom = 1024;

export class LiquidationQueue {
  /** 1 where lower prices come later (longs), −1 where higher ones do: keys fall with the order. */
  readonly #sign: number;
  #slots = new Int32Array(firstRoom);
  /** Price × sign of each entry. */
  #keys = new Float64Array(firstRoom);
  /** Entry of each slot; −1 when it is not queued. */
  #entries = new Int32Array(firstRoom).fill(-1);
  #size = 0;

  constructor(side: PositionSide) {
    this.#sign = side === 'long' ? 1 : -1;
  }

  /** A slot that no price reaches (0) is not queued. */
  add(slot: number, price: number): void {
    if (price <= 0) return;
    this.#makeRoom(slot);
    this.#siftUp(this.#size++, slot, price * this.#sign);
  }

  remove(slot: number): void {
    const entry = slot < this.#entries.length ? this.#entries[slot]! : -1;
    if (entry !== -1) this.#take(entry);
  }

  /** @returns the first slot if `price` has reached it, taken out; −1 if not. */
  takeReached(price: number): number {
    if (this.#size === 0 || this.#keys[0]! < price * this.#sign) return -1;
    const slot = this.#slots[0]!;
    this.#take(0);
    return slot;
  }

  #take(entry: number): void {
    this.#entries[this.#slots[entry]!] = -1;
    const last = --this.#size;
    if (entry === last) return;
    const slot = this.#slots[last]!;
    const key = this.#keys[last]!;
    const parent = (entry - 1) >> 1;
    if (entry > 0 && key > this.#keys[parent]!) this.#siftUp(entry, slot, key);
    else this.#siftDown(entry, slot, key);
  }

  #siftUp(start: number, slot: number, key: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (key <= this.#keys[parent]!) break;
      this.#put(at, this.#slots[parent]!, this.#keys[parent]!);
      at = parent;
    }
    this.#put(at, slot, key);
  }

  #siftDown(start: number, slot: number, key: number): void {
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#keys[child + 1]! > this.#keys[child]!) child++;
      if (key >= this.#keys[child]!) break;
      this.#put(at, this.#slots[child]!, this.#keys[child]!);
      at = child;
    }
    this.#put(at, slot, key);
  }

  #put(entry: number, slot: number, key: number): void {
    this.#slots[entry] = slot;
    this.#keys[entry] = key;
    this.#entries[slot] = entry;
  }

  #makeRoom(slot: number): void {
    if (this.#size === this.#slots.length) {
      const slots = new Int32Array(this.#size * 2);
      const keys = new Float64Array(this.#size * 2);
      slots.set(this.#slots);
      keys.set(this.#keys);
      this.#slots = slots;
      this.#keys = keys;
    }
    if (slot >= this.#entries.length) {
      const entries = new Int32Array(Math.max(slot + 1, this.#entries.length * 2)).fill(-1);
      entries.set(this.#entries);
      this.#entries = entries;
    }
  }
}
