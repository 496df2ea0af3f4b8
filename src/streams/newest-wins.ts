/**
 * Backpressure of one client: a frame passes when there is room for it; otherwise the newest frame of each key waits.
 *
 * A frame that is replaced by a newer one of its key, or is the oldest of more than `capacity`, was lost to this client: `dropped`
 * hears of each exactly once. So every frame is given, dropped, waiting, or of a key that was forgotten.
 */

export interface NewestWinsOptions<F> {
  keyOf(frame: F): string;
  /** Keys that may have a frame waiting. */
  readonly capacity: number;
}

/** The client's end. */
export interface FrameTaker<F> {
  /** Asked once a frame, just before it is given: takes the room if there is some. */
  takeRoom(): boolean;
  give(frame: F): void;
  /** A frame found no room and waits. */
  waits(): void;
  dropped(frame: F): void;
}

export class NewestWins<F> {
  readonly #options: NewestWinsOptions<F>;
  readonly #taker: FrameTaker<F>;
  /** In the order in which keys began to wait. Made when first needed: most clients keep up. */
  #waiting: Map<string, F> | null = null;

  constructor(options: NewestWinsOptions<F>, taker: FrameTaker<F>) {
    this.#options = options;
    this.#taker = taker;
  }

  /** An observer's: streams of frames may be subscribed to with this. */
  next(frame: F): void {
    if (this.#waiting === null && this.#taker.takeRoom()) this.#taker.give(frame);
    else this.#wait(frame);
  }

  /** There may be room again. */
  release(): void {
    while (this.#waiting !== null && this.#taker.takeRoom()) {
      const [key, frame] = oldestOf(this.#waiting);
      this.forget(key);
      this.#taker.give(frame);
    }
  }

  /** Nobody wants the key's waiting frame any more; it is not counted as dropped. */
  forget(key: string): void {
    this.#waiting?.delete(key);
    if (this.#waiting?.size === 0) this.#waiting = null;
  }

  #wait(frame: F): void {
    const { keyOf, capacity } = this.#options;
    this.#waiting ??= new Map();
    const key = keyOf(frame);
    const older = this.#waiting.get(key);
    this.#waiting.set(key, frame);
    this.#taker.waits();
    if (older !== undefined) {
      this.#taker.dropped(older);
    } else if (this.#waiting.size > capacity) {
      const [oldestKey, oldest] = oldestOf(this.#waiting);
      this.forget(oldestKey);
      this.#taker.dropped(oldest);
    }
  }
}

function oldestOf<F>(waiting: Map<string, F>): [string, F] {
  return waiting.entries().next().value!;
}
