/**
 * Keeps requests within what a venue allows one address: by its own count, by what the venue says was used (others may share the
 * address), and by its orders to wait. A share of the allowance is left to what is urgent.
 */
import type { VenueHttpAnswer } from './venue-socket.ts';

export interface WeightLimit {
  readonly limit: number;
  readonly windowMs: number;
  readonly usedHeader: string | null;
}

/** Share of the venue's limit that is used: `urgent` for lost trades, `routine` for what can be asked again. */
const shares = { urgent: 0.8, routine: 0.5 } as const;
/** Wait after a refusal that names no time. */
const defaultWaitMs = 60_000;

export class WeightBudget {
  readonly #limit: WeightLimit;
  #used = 0;
  #windowStart = 0;
  #closedUntil = 0;

  constructor(limit: WeightLimit) {
    this.#limit = limit;
  }

  /** Takes `weight` and answers 0, or takes nothing and answers how long to wait in ms. */
  take(weight: number, urgency: keyof typeof shares, now: number): number {
    if (now < this.#closedUntil) return this.#closedUntil - now;
    this.#openWindow(now);
    if (this.#used + weight <= this.#limit.limit * shares[urgency]) {
      this.#used += weight;
      return 0;
    }
    return this.#windowStart + this.#limit.windowMs - now;
  }

  /** @returns false when the venue refused; nothing is asked until it allows it again. */
  answered({ status, headers }: Pick<VenueHttpAnswer, 'status' | 'headers'>, now: number): boolean {
    this.#openWindow(now);
    const { usedHeader } = this.#limit;
    const used = usedHeader === null ? Number.NaN : Number(headers.get(usedHeader) ?? Number.NaN);
    if (used > this.#used) this.#used = used;
    if (status !== 429 && status !== 418 && status !== 403) return true;
    const seconds = Number(headers.get('retry-after') ?? Number.NaN);
    this.#closedUntil = now + (seconds > 0 ? seconds * 1000 : defaultWaitMs);
    return false;
  }

  /** Requests of this weight that `routine` may make in a window. */
  routineRequests(weight: number): number {
    return Math.floor((this.#limit.limit * shares.routine) / weight);
  }

  /** Windows are aligned as the venue's are. */
  #openWindow(now: number): void {
    const start = Math.floor(now / this.#limit.windowMs) * this.#limit.windowMs;
    if (start === this.#windowStart) return;
    this.#windowStart = start;
    this.#used = 0;
  }
}
