/** A token bucket: so many at once, and so many a second from then on. */
export interface TokenBucket {
  tokens: number;
  refilledAt: number;
}

export interface TokenBucketLimits {
  readonly perSecond: number;
  readonly burst: number;
}

export function fullBucket(limits: TokenBucketLimits, now: number): TokenBucket {
  return { tokens: limits.burst, refilledAt: now };
}

/** Takes one token if there is one. @param now ms of a clock that does not go back. */
export function takeToken(bucket: TokenBucket, limits: TokenBucketLimits, now: number): boolean {
  const refill = ((now - bucket.refilledAt) / 1000) * limits.perSecond;
  bucket.tokens = Math.min(bucket.tokens + Math.max(refill, 0), limits.burst);
  bucket.refilledAt = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens--;
  return true;
}
