/** Messages sent in the last 60 seconds, in buckets of a second. Costs an addition a message and no timer. */
const windowSeconds = 60;

export class SendMeter {
  readonly #now: () => number;
  /** Messages by second modulo the window, and the second each bucket counts. */
  readonly #counts = new Float64Array(windowSeconds);
  readonly #seconds = new Float64Array(windowSeconds).fill(Number.NEGATIVE_INFINITY);
  #total = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Messages since the start. */
  get total(): number {
    return this.#total;
  }

  add(): void {
    const second = Math.floor(this.#now() / 1000);
    const bucket = second % windowSeconds;
    if (this.#seconds[bucket] !== second) {
      this.#seconds[bucket] = second;
      this.#counts[bucket] = 0;
    }
    this.#counts[bucket]!++;
    this.#total++;
  }

  lastMinute(): number {
    const oldest = Math.floor(this.#now() / 1000) - windowSeconds + 1;
    let sum = 0;
    for (let bucket = 0; bucket < windowSeconds; bucket++) {
      if (this.#seconds[bucket]! >= oldest) sum += this.#counts[bucket]!;
    }
    return sum;
  }
}
