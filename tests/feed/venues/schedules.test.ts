/** A few of the schedules of `npm run torture -- venues`, and that its judge would notice. */
import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../src/market/event.ts';
import { runSchedule, type ScheduleResult } from '../../../torture/venues/schedule.ts';
import { judge } from '../../../torture/venues/verdict.ts';

/** The same result with what came of one symbol made something else. */
function changed(result: ScheduleResult, change: (seen: readonly Observation[]) => readonly Observation[]) {
  return { ...result, seen: new Map([...result.seen].map(([symbol, seen]) => [symbol, change(seen)])) };
}

describe('a venue', () => {
  it.each([1, 2, 3, 4])('without faults gives the whole truth in order (seed %d)', async (seed) => {
    const result = await runSchedule(seed, 'none');
    expect(judge(result)).toMatchObject({ isWhole: true, missing: 0 });
    expect(result.counts).toMatchObject({ late: 0, overflowed: 0 });
  });

  it('with every fault gives the same book, or tells what is missing', async () => {
    const verdicts = [];
    for (let seed = 100; seed < 125; seed++) verdicts.push(judge(await runSchedule(seed)));
    expect(verdicts.filter(({ isWhole }) => isWhole).length).toBeGreaterThan(0);
    expect(verdicts.some(({ missing }) => missing > 0)).toBe(true);
  });
});

describe('the judge of schedules', () => {
  const whole = runSchedule(1, 'none');

  it('notices a fact that is missing without a gap', async () => {
    const result = await whole;
    for (const kind of ['trade', 'mark_price', 'liquidation']) {
      const without = (seen: readonly Observation[]) => {
        const at = seen.findIndex((one, i) => i > 20 && one.kind === kind);
        return seen.toSpliced(at, 1);
      };
      expect(() => judge(changed(result, without))).toThrow(/is missing and no gap says so/);
    }
  });

  it('notices a fact that came twice, one that never was, and another order', async () => {
    const result = await whole;
    expect(() => judge(changed(result, (seen) => [...seen, seen[5]!]))).toThrow(/came twice/);
    const dearer = (seen: readonly Observation[]) => {
      const at = seen.findIndex(({ kind }) => kind === 'trade');
      return seen.map((one, i) => (i === at && one.kind === 'trade' ? { ...one, price: one.price + 1 } : one));
    };
    expect(() => judge(changed(result, dearer))).toThrow(/is not what happened/);
    const swapped = (seen: readonly Observation[]) => [...seen.slice(0, 30), seen[31]!, seen[30]!, ...seen.slice(32)];
    expect(() => judge(changed(result, swapped))).toThrow(/another order/);
  });
});
