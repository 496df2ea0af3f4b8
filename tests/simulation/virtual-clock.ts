/**
 * The only time there is in a simulation. It stands still while something runs, and then jumps to the next timer that is due; of
 * timers for the same moment the one set first fires first.
 */
import type { Clock } from '../../src/actors/kernel/clock.ts';

interface VirtualTimer {
  readonly at: number;
  readonly order: number;
  /** Null once it has fired or was cleared. */
  callback: (() => void) | null;
}

export class VirtualClock implements Clock {
  #now: number;
  #set = 0;
  /** A binary heap, the next timer first. Cleared ones are thrown away when they come up. */
  readonly #heap: VirtualTimer[] = [];

  constructor(startMs: number) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  setTimer(callback: () => void, afterMs: number): unknown {
    const timer: VirtualTimer = { at: this.#now + afterMs, order: this.#set++, callback };
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(timer, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = timer;
    return timer;
  }

  clearTimer(handle: unknown): void {
    if (handle !== null) (handle as VirtualTimer).callback = null;
  }

  /** Goes on to the next timer and fires it. @returns false when there is none. */
  fireNext(): boolean {
    for (let timer = this.#take(); timer !== null; timer = this.#take()) {
      const { callback } = timer;
      if (callback === null) continue;
      timer.callback = null;
      this.#now = timer.at;
      callback();
      return true;
    }
    return false;
  }

  #take(): VirtualTimer | null {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return null;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: VirtualTimer, b: VirtualTimer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
