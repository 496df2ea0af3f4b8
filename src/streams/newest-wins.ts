/**
 * Backpressure of one client: a frame passes when there is room for it; otherwise the newest frame of each key waits.
 *
 * A frame that is replaced by a newer one of its key, or is the oldest of more than `capacity`, was lost to this client: `dropped`
 * hears of each exactly once. So every frame is delivered, dropped, waiting, or of a key that was forgotten.
 */
import type { NextObserver } from 'rxjs';

export interface NewestWinsOptions<F> {
  keyOf(frame: F): string;
  /** Keys that may have a frame waiting. */
  readonly capacity: number;
}

/** What of the client a frame's way depends on. */
export interface ClientRoom<F> {
  /** Asked once a frame, just before it passes: takes the room if there is some. */
  takeRoom(): boolean;
  /** A frame found no room and waits. */
  waits(): void;
  dropped(frame: F): void;
}

export class NewestWins<F> {
  readonly #options: NewestWinsOptions<F>;
  readonly #room: ClientRoom<F>;
  readonly #destination: NextObserver<F>;
  /** In the order in which keys began to wait. Made when first needed: most clients keep up. */
  #waiting: Map<string, F> | null = null;

  constructor(options: NewestWinsOptions<F>, room: ClientRoom<F>, destination: NextObserver<F>) {
    this.#options = options;
    this.#room = room;
    this.#destination = destination;
  }

  offer(frame: F): void {
    if (this.#waiting === null && this.#room.takeRoom()) this.#destination.next(frame);
    else this.#wait(frame);
  }

  /** There may be room again. */
  release(): void {
    while (this.#waiting !== null && this.#room.takeRoom()) {
      const [key, frame] = oldestOf(this.#waiting);
      this.#remove(key);
      this.#destination.next(frame);
    }
  }

  /** Nobody wants the key's waiting frame any more; it is not counted as dropped. */
  forget(key: string): void {
    this.#remove(key);
  }

  #wait(frame: F): void {
    const { keyOf, capacity } = this.#options;
    this.#waiting ??= new Map();
    const key = keyOf(frame);
    const older = this.#waiting.get(key);
    this.#waiting.set(key, frame);
    this.#room.waits();
    if (older !== undefined) {
      this.#room.dropped(older);
    } else if (this.#waiting.size > capacity) {
      const [oldestKey, oldest] = oldestOf(this.#waiting);
      this.#remove(oldestKey);
      this.#room.dropped(oldest);
    }
  }

  #remove(key: string): void {
    this.#waiting?.delete(key);
    if (this.#waiting?.size === 0) this.#waiting = null;
  }
}

function oldestOf<F>(waiting: Map<string, F>): [string, F] {
  return waiting.entries().next().value!;
}
