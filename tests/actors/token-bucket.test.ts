import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullBucket, takeToken } from '../../src/actors/token-bucket.ts';

describe('a token bucket', () => {
  it('gives its burst at once, then as many a second as it is filled with', () => {
    const limits = { perSecond: 2, burst: 3 };
    const bucket = fullBucket(limits, 0);
    const taken = (now: number) => takeToken(bucket, limits, now);
    expect([taken(0), taken(0), taken(0), taken(0)]).toEqual([true, true, true, false]);
    expect([taken(499), taken(500), taken(501), taken(1000)]).toEqual([false, true, false, true]);
  });

  it('gives no more in any time than burst plus rate times that time, whenever it is asked', () => {
    const limits = fc.record({ perSecond: fc.integer({ min: 1, max: 50 }), burst: fc.integer({ min: 1, max: 50 }) });
    fc.assert(
      fc.property(limits, fc.array(fc.nat({ max: 500 }), { maxLength: 100 }), (limit, pauses) => {
        const bucket = fullBucket(limit, 0);
        let now = 0;
        let taken = 0;
        for (const pause of pauses) {
          now += pause;
          if (takeToken(bucket, limit, now)) taken++;
          expect(taken).toBeLessThanOrEqual(limit.burst + (limit.perSecond * now) / 1000 + 1e-6);
        }
      }),
    );
  });
});
