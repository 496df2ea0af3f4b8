/**
 * Which frames the peer has read. Behind each data frame goes a ping with a running number; its pong is sent only after what came
 * before it was read. A peer may answer just the newest of several pings, so a pong acknowledges all up to its number.
 */
const numbers = 256;

/** A window must stay well below the numbers there are, or old and new could not be told apart. */
export const largestWindow = numbers / 2;

export class Acknowledgements {
  /** When each unacknowledged frame was sent, in ms, by its number modulo the window. */
  readonly #sentAt: Float64Array;
  #next = 0;
  #count = 0;

  constructor(window: number) {
    this.#sentAt = new Float64Array(window);
  }

  get unacknowledged(): number {
    return this.#count;
  }

  /** @returns the number for the ping behind the frame. */
  sent(now: number): number {
    const number = this.#next;
    this.#sentAt[number % this.#sentAt.length] = now;
    this.#next = (number + 1) % numbers;
    this.#count++;
    return number;
  }

  /** @returns how many frames this pong acknowledges; 0 for one that was never asked for. */
  acknowledge(number: number): number {
    const oldest = (this.#next - this.#count + numbers) % numbers;
    const acknowledged = ((number - oldest + numbers) % numbers) + 1;
    if (acknowledged > this.#count) return 0;
    this.#count -= acknowledged;
    return acknowledged;
  }

  /** Age of the oldest unacknowledged frame in ms; 0 when there is none. */
  age(now: number): number {
    if (this.#count === 0) return 0;
    const oldest = (this.#next - this.#count + numbers) % numbers;
    return now - this.#sentAt[oldest % this.#sentAt.length]!;
  }
}
