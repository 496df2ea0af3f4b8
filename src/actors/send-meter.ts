/**
 * Messages sent in the last 60 seconds. Counting one is an addition; a clock is looked at only when the counts are sampled, about once
 * a second.
 */
const windowMs = 60_000;
const sampleMs = 1000;

export class SendMeter {
  /** What had been sent by then, oldest first; the first may be a little older than the window. */
  readonly #samples: { readonly at: number; readonly total: number }[] = [];
  #total = 0;

  /** Messages since the start. */
  get total(): number {
    return this.#total;
  }

  add(): void {
    this.#total++;
  }

  /** Call at least once a second. @param now ms of a clock that does not go back. */
  sample(now: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && now - last.at < sampleMs) return;
    this.#samples.push({ at: now, total: this.#total });
    while (this.#samples.length > 1 && this.#samples[1]!.at <= now - windowMs) this.#samples.shift();
  }

  lastMinute(now: number): number {
    let before = 0;
    for (const { at, total } of this.#samples) {
      if (at > now - windowMs) break;
      before = total;
    }
    return this.#total - before;
  }
}
