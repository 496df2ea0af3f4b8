/** How well a venue is heard: counted as it happens, read when somebody asks. Times of our clock in ms since 1970. */
import type { FrameErrorCode } from './frame-error.ts';

/** Frames before this many errors are remembered make the share of the newest. */
export class VenueQuality {
  frames = 0;
  unused = 0;
  readonly errors = new Map<FrameErrorCode, number>();
  /** When the newest fact came on the stream, by our clock; 0 before the first. */
  lastEventAt = 0;
  interruptions = 0;
  requestsFailed = 0;
  /** Exchange clock minus ours, in ms; NaN before it was measured. */
  skewMs = Number.NaN;
  /** From the exchange's time of a fact to its commit, the newest and the slowest of the newest minute, in ms of the exchange's clock. */
  lagMs = Number.NaN;
  #slowest: { minute: number; lagMs: number }[] = [];

  failed(code: FrameErrorCode): void {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }

  /** Share of the frames that could be read, 0–1; `null` before the first. */
  get decodedShare(): number | null {
    if (this.frames === 0) return null;
    const bad = [...this.errors.values()].reduce((sum, count) => sum + count, 0);
    return Math.max(1 - bad / this.frames, 0);
  }

  committed(exchangeTime: number, now: number): void {
    this.lagMs = now - exchangeTime + (Number.isNaN(this.skewMs) ? 0 : this.skewMs);
    const minute = Math.floor(now / 60_000);
    const newest = this.#slowest.at(-1);
    if (newest?.minute === minute) newest.lagMs = Math.max(newest.lagMs, this.lagMs);
    else this.#slowest = [...this.#slowest.slice(-1), { minute, lagMs: this.lagMs }];
  }

  /** Of this minute and the one before; NaN before the first. */
  get slowestLagMs(): number {
    return this.#slowest.length === 0 ? Number.NaN : Math.max(...this.#slowest.map(({ lagMs }) => lagMs));
  }
}
