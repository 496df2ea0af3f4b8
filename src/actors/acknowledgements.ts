/**
 * Which frames the peer has read. Behind a data frame goes a ping with a running number; its pong is sent only after what came
 * before it was read. A peer may answer just the newest of several pings, so a pong acknowledges all up to its number.
 *
 * A pong costs the server as much as the frame itself, so a peer that keeps up is only asked now and then: in between its frames go
 * without a ping and do not count. Keeping up means that everything sent was read before more was due; how many milliseconds that
 * took says nothing, since a busy server reads its pongs late. A peer that slows down suddenly is ahead of its acknowledgements by
 * the frames of one sampling interval at most; once it is overtaken, every frame is asked about again.
 */
const numbers = 256;

/** A window must stay well below the numbers there are, or old and new could not be told apart. */
export const largestWindow = numbers / 2;

/** Frames this close together are one burst (several symbols of a tick): half of the fastest pace, `WS_UPDATE_INTERVAL` 0.05 s. */
const burstMs = 25;

/** The frame needs no ping. */
export const noPing = -1;

export class Acknowledgements {
  /** When each unacknowledged frame was sent, in ms, by its number modulo the window. */
  readonly #sentAt: number[];
  readonly #sampleMs: number;
  #next = 0;
  #count = 0;
  #keepsUp = false;
  /** More was due before all that was sent had been read. */
  #isOvertaken = false;
  #sentLastAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;

  /** @param sampleMs how often a peer that keeps up is asked; 0: at every frame. */
  constructor(window: number, sampleMs: number) {
    this.#sentAt = new Array<number>(window).fill(0);
    this.#sampleMs = sampleMs;
  }

  get unacknowledged(): number {
    return this.#count;
  }

  /**
   * @param hasBacklog whether earlier bytes still wait to be sent: then nothing is taken on trust.
   * @returns the number for the ping behind the frame, or `noPing`.
   */
  sent(now: number, hasBacklog = false): number {
    if (this.#count > 0 && now - this.#sentLastAt > burstMs) this.#isOvertaken = true;
    this.#sentLastAt = now;
    const isTrusted = this.#keepsUp && this.#count === 0 && !hasBacklog;
    if (isTrusted && now - this.#askedAt < this.#sampleMs) return noPing;
    const number = this.#next;
    this.#askedAt = now;
    this.#sentAt[number % this.#sentAt.length] = now;
    this.#next = (number + 1) % numbers;
    this.#count++;
    return number;
  }

  /** A frame could not be sent because the window was full. */
  overtake(): void {
    this.#isOvertaken = true;
  }

  /** @returns how many frames this pong acknowledges; 0 for one that was never asked for. */
  acknowledge(number: number): number {
    const oldest = (this.#next - this.#count + numbers) % numbers;
    const acknowledged = ((number - oldest + numbers) % numbers) + 1;
    if (acknowledged > this.#count) return 0;
    this.#count -= acknowledged;
    if (this.#count === 0) {
      this.#keepsUp = !this.#isOvertaken;
      this.#isOvertaken = false;
    }
    return acknowledged;
  }

  /** Age of the oldest unacknowledged frame in ms; 0 when there is none. */
  age(now: number): number {
    if (this.#count === 0) return 0;
    const oldest = (this.#next - this.#count + numbers) % numbers;
    return now - this.#sentAt[oldest % this.#sentAt.length]!;
  }
}
