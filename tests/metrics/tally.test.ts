import fc from 'fast-check';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { addedTallies, addedTalliesByName, Tally, tallyBounds } from '../../src/metrics/tally.ts';
import { TallyMetric } from '../../src/metrics/tally-metric.ts';

const tallyOf = (durations: readonly number[]) => {
  const tally = new Tally();
  for (const seconds of durations) tally.add(seconds);
  return tally.counts();
};
const duration = fc.double({ min: 0, max: 100, noNaN: true });
const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

describe('a tally', () => {
  it('counts every duration once, in the bucket it lies in', () => {
    fc.assert(
      fc.property(fc.array(duration), (durations) => {
        const { counts } = tallyOf(durations);
        expect(total(counts)).toBe(durations.length);
        for (const [i, bound] of tallyBounds.entries()) {
          expect(total(counts.slice(0, i + 1))).toBe(durations.filter((seconds) => seconds <= bound).length);
        }
      }),
    );
  });

  it('of threads sums to what one thread would have counted', () => {
    fc.assert(
      fc.property(fc.array(duration), fc.array(duration), (here, there) => {
        const sum = addedTallies(tallyOf(here), tallyOf(there));
        const whole = tallyOf([...here, ...there]);
        expect(sum.counts).toEqual(whole.counts);
        expect(sum.sum).toBeCloseTo(whole.sum, 6);
      }),
    );
    const [a, b] = [tallyOf([1]), tallyOf([2])];
    expect(addedTalliesByName<string>({ a }, { a: b, b })).toEqual({ a: addedTallies(a, b), b });
  });

  it('takes a duration below zero, of clocks that disagree, as none', () => {
    const { counts, sum } = tallyOf([-5]);
    expect([counts[0], sum]).toEqual([1, 0]);
  });

  it('is a histogram of Prometheus, with buckets that rise to the count', async () => {
    const registry = new Registry();
    const tally = tallyOf([0.0002, 0.3, 99]);
    registry.registerMetric(
      new TallyMetric({ name: 'x_seconds', help: 'X', label: 'stage', collect: () => ({ commit: tally }) }),
    );
    const lines = (await registry.metrics()).split('\n');
    expect(lines).toContain('# TYPE x_seconds histogram');
    expect(lines).toContain('x_seconds_bucket{le="0.0001",stage="commit"} 0');
    expect(lines).toContain('x_seconds_bucket{le="0.00025",stage="commit"} 1');
    expect(lines).toContain('x_seconds_bucket{le="30",stage="commit"} 2');
    expect(lines).toContain('x_seconds_bucket{le="+Inf",stage="commit"} 3');
    expect(lines).toContain('x_seconds_count{stage="commit"} 3');
    expect(lines).toContain('x_seconds_sum{stage="commit"} 99.3002');
  });
});
