/**
 * What happened to the book of one venue in an interval, gathered while it is folded: the path of the price that liquidates, what was
 * liquidated, and whether anything is missing.
 */
import { type EventBatch, kindCodes, venueCodeAt } from '../market/event-batch.ts';
import { excursionOf, type PathStep } from './price-path.ts';

/** As wide as the candles of a recording. */
const stepMs = 60_000;

export class LivePath {
  /** Of the venue; rows of others are passed over. */
  readonly #code: number;
  readonly open: number;
  high: number;
  low: number;
  liquidatedLong = 0;
  liquidatedShort = 0;
  /** The source told of something that it missed. */
  hasGap = false;
  readonly #steps: { high: number; low: number; close: number }[] = [];
  #stepStart = Number.NaN;
  #hasMark: boolean;
  #lastTime: number;
  #longestSilence = 0;

  /** @param code of the venue. @param startMs of the interval. @param hasMark whether the book follows mark prices already, and trades no more. */
  constructor(code: number, startMs: number, open: number, hasMark: boolean) {
    this.#code = code;
    this.open = open;
    this.high = open;
    this.low = open;
    this.#hasMark = hasMark;
    this.#lastTime = startMs;
  }

  take(batch: EventBatch): void {
    const { count, kind, side, time, a, b, c, d } = batch;
    for (let i = 0; i < count; i++) {
      if (venueCodeAt(batch, i) !== this.#code) continue;
      switch (kind[i]) {
        case kindCodes.mark_price:
          this.#hasMark = true;
          this.#move(time[i]!, a[i]!, a[i]!, a[i]!);
          break;
        case kindCodes.trade:
          if (!this.#hasMark) this.#move(time[i]!, a[i]!, a[i]!, a[i]!);
          break;
        case kindCodes.candle:
          if (!this.#hasMark) this.#move(time[i]!, c[i]!, b[i]!, d[i]!);
          break;
        case kindCodes.liquidation:
          if ((side[i]! & 1) === 1) this.liquidatedLong += a[i]! * b[i]!;
          else this.liquidatedShort += a[i]! * b[i]!;
          break;
        case kindCodes.gap_detected:
          this.hasGap = true;
          break;
        default:
      }
    }
  }

  /** Longest time without a price, up to `endMs`. */
  silenceMs(endMs: number): number {
    return Math.max(this.#longestSilence, endMs - this.#lastTime);
  }

  /** Deepest fall, for longs; rise, for shorts. */
  excursion(isLong: boolean): number {
    return excursionOf(isLong, this.open, this.#steps satisfies readonly PathStep[]);
  }

  #move(time: number, low: number, high: number, close: number): void {
    if (time > this.#lastTime) {
      this.#longestSilence = Math.max(this.#longestSilence, time - this.#lastTime);
      this.#lastTime = time;
    }
    this.low = Math.min(this.low, low);
    this.high = Math.max(this.high, high);
    const step = this.#steps.at(-1);
    if (step === undefined || time >= this.#stepStart + stepMs) {
      this.#steps.push({ high, low, close });
      this.#stepStart = Math.floor(time / stepMs) * stepMs;
      return;
    }
    step.low = Math.min(step.low, low);
    step.high = Math.max(step.high, high);
    step.close = close;
  }
}
