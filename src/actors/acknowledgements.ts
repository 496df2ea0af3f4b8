/**
 * What the peer has read. All frames of one turn of the event loop (the symbols of a tick) are one burst. Behind a burst goes a ping with a running
 * number; its pong is sent only after what came before it was read. A peer may answer just the newest of several pings, so a pong
 * acknowledges all up to its number.
 *
 * A pong costs the server as much as the frame itself, so a peer that keeps up is only asked now and then: in between its bursts go
 * without a ping and do not count. Keeping up means that everything sent was read before more was due; how many milliseconds that
 * took says nothing, since a busy server reads its pongs late. A peer that slows down suddenly is ahead of its acknowledgements by
 * the bursts of one sampling interval at most; once it is overtaken, every burst is asked about again. One that has kept up for a while
 * and gets little is asked less often still, but never left alone for long.
 *
 * A window of two keeps a far but broad link busy. On a link that carries less than is due it only makes a queue, and what arrives is a
 * burst older: so a peer that was overtaken has one at a time on its way, until bursts have found room at once for a while.
 */
const numbers = 256;

/** A window must stay well below the numbers there are, or old and new could not be told apart. */
export const largestWindow = numbers / 2;

/** Bursts in a row that found room at once, after which the window is as wide as before. */
const calmBursts = 16;

/** Acknowledgements in a row of a peer that keeps up, after which it is asked `seldom` times less often… */
const provenAcknowledgements = 8;
const seldom = 4;
/** …but as often as before while this many bursts go out in between. */
const mostUnasked = 16;

/** The burst needs no ping. */
export const noPing = -1;

export class Acknowledgements {
  /** When each unacknowledged burst began, in ms, by its number modulo the window. */
  readonly #beganAt: number[];
  readonly #sampleMs: number;
  #next = 0;
  #count = 0;
  #ping = noPing;
  #keepsUp = false;
  /** More was due before all that was sent had been read. */
  #isOvertaken = false;
  #isNarrow = false;
  #calm = 0;
  /** Acknowledgements in a row that found it keeping up. */
  #prompt = 0;
  /** Bursts without a ping since the last one with it. */
  #unasked = 0;
  #burstTurn = -1;
  #askedAt = Number.NEGATIVE_INFINITY;

  /** @param sampleMs how often a peer that keeps up is asked; 0: at every burst. */
  constructor(window: number, sampleMs: number) {
    this.#beganAt = new Array<number>(window).fill(0);
    this.#sampleMs = sampleMs;
  }

  get unacknowledged(): number {
    return this.#count;
  }

  /** The number for the ping behind the newest burst, or `noPing`. */
  get ping(): number {
    return this.#ping;
  }

  /**
   * Asked for each frame. Room that is taken must be followed by the ping of its burst.
   *
   * @param turn its number, see `TurnCounter`.
   * @param hasBacklog whether earlier bytes still wait to be sent: then nothing is taken on trust.
   */
  takeRoom(turn: number, now: number, hasBacklog: boolean): boolean {
    if (turn === this.#burstTurn) return true;
    if (this.#count > 0) this.#isOvertaken = true;
    if (this.#count >= (this.#isNarrow ? 1 : this.#beganAt.length)) return false;
    if (this.#isNarrow && ++this.#calm >= calmBursts) this.#isNarrow = false;
    this.#burstTurn = turn;
    const isTrusted = this.#keepsUp && this.#count === 0 && !hasBacklog;
    if (!isTrusted || this.#isDue(now)) {
      this.#ask(now);
    } else {
      this.#ping = noPing;
      this.#unasked++;
    }
    return true;
  }

  /** A frame found no room. */
  overtake(): void {
    this.#isOvertaken = true;
    this.#isNarrow = true;
    this.#calm = 0;
  }

  /** @returns how many bursts this pong acknowledges; 0 for one that was never asked for. */
  acknowledge(number: number): number {
    const oldest = (this.#next - this.#count + numbers) % numbers;
    const acknowledged = ((number - oldest + numbers) % numbers) + 1;
    if (acknowledged > this.#count) return 0;
    this.#count -= acknowledged;
    if (this.#count === 0) {
      this.#keepsUp = !this.#isOvertaken;
      this.#prompt = this.#keepsUp ? this.#prompt + 1 : 0;
      this.#isOvertaken = false;
    }
    return acknowledged;
  }

  /** Age of the oldest unacknowledged burst in ms; 0 when there is none. */
  age(now: number): number {
    if (this.#count === 0) return 0;
    const oldest = (this.#next - this.#count + numbers) % numbers;
    return now - this.#beganAt[oldest % this.#beganAt.length]!;
  }

  #isDue(now: number): boolean {
    const unaskedMs = now - this.#askedAt;
    const isSeldom = this.#prompt >= provenAcknowledgements && this.#unasked < mostUnasked;
    return unaskedMs >= (isSeldom ? seldom * this.#sampleMs : this.#sampleMs);
  }

  #ask(now: number): void {
    this.#ping = this.#next;
    this.#askedAt = now;
    this.#unasked = 0;
    this.#beganAt[this.#next % this.#beganAt.length] = now;
    this.#next = (this.#next + 1) % numbers;
    this.#count++;
  }
}
