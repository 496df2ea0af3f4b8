/** How much a client may say: a token bucket, one complaint an episode, and an end to patience. */
import type { SharedBucket } from './client-session.ts';
import { fullBucket, type TokenBucket, type TokenBucketLimits, takeToken } from './token-bucket.ts';

export type InboundVerdict = 'pass' | 'refuse_aloud' | 'refuse' | 'close';

export class InboundGuard {
  readonly #limits: TokenBucketLimits;
  readonly #maxViolations: number;
  readonly #bucket: TokenBucket;
  /** That of all who come with the same credential. */
  readonly #shared: SharedBucket | null;
  /** Messages refused in a row. */
  #violations = 0;

  constructor(limits: TokenBucketLimits, maxViolations: number, now: number, shared: SharedBucket | null = null) {
    this.#limits = limits;
    this.#maxViolations = maxViolations;
    this.#shared = shared;
    this.#bucket = fullBucket(limits, now);
  }

  judge(now: number): InboundVerdict {
    if (takeToken(this.#bucket, this.#limits, now) && this.#isShareLeft(now)) {
      this.#violations = 0;
      return 'pass';
    }
    this.#violations++;
    if (this.#violations > this.#maxViolations) return 'close';
    return this.#violations === 1 ? 'refuse_aloud' : 'refuse';
  }

  #isShareLeft(now: number): boolean {
    return this.#shared === null || takeToken(this.#shared.bucket, this.#shared.limits, now);
  }
}
