import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markOfBankruptcy, shareWithinRange } from '../../src/score/bankruptcy.ts';
import { firstTouches } from '../../src/score/first-touch.ts';
import { topDecileAuc } from '../../src/score/statistics/top-decile.ts';
import { rightParameters } from './right-parameters.ts';
import { simulatedRecording } from './simulated-recording.ts';

describe('the first touch of levels', () => {
  const { recording, liquidations } = simulatedRecording(1, 3);
  const [from, to] = [recording.totals[0]!.time, recording.totals.at(-1)!.time];
  const touches = firstTouches(recording, liquidations, rightParameters, from, to);

  it('finds, of a simulated market, the levels where most was liquidated', () => {
    for (const side of ['long', 'short'] as const) {
      const levels = touches.filter((touch) => touch.side === side);
      expect(levels.length).toBeGreaterThan(100);
      const auc = topDecileAuc(
        levels.map(({ predicted }) => predicted),
        levels.map(({ liquidated }) => liquidated),
      );
      expect(auc).toBeGreaterThan(0.9);
    }
  });

  it('counts no liquidation twice, and foresees without any of them', () => {
    const counted = touches.reduce((sum, { liquidated }) => sum + liquidated, 0);
    const all = liquidations.filter(({ time }) => time > from && time <= to).reduce((sum, { usd }) => sum + usd, 0);
    expect(counted).toBeLessThanOrEqual(all * (1 + 1e-9));
    const blind = firstTouches(recording, [], rightParameters, from, to);
    expect(blind.map(({ predicted }) => predicted)).toEqual(touches.map(({ predicted }) => predicted));
  });
});

describe('a bankruptcy price', () => {
  it('lies beyond the mark that it implies, by the maintenance margin', () => {
    const price = fc.double({ min: 1, max: 1e6, noNaN: true });
    const rate = fc.double({ min: 0, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(price, rate, (bankruptcy, maintenance) => {
        const [long, short] = [
          markOfBankruptcy('long', bankruptcy, maintenance),
          markOfBankruptcy('short', bankruptcy, maintenance),
        ];
        // Equity at the mark is the maintenance margin there.
        expect(long - bankruptcy).toBeCloseTo(long * maintenance, 6);
        expect(bankruptcy - short).toBeCloseTo(short * maintenance, 6);
      }),
    );
  });

  it('counts as fitting when that mark was traded, and not at all where nothing is known', () => {
    const events = [100, 200, 300].map((time) => ({ time, side: 'long' as const, bankruptcyPrice: 99 }));
    const ranges = new Map([
      [100, { low: 99.9, high: 101 }],
      [200, { low: 95, high: 96 }],
    ]);
    expect(shareWithinRange(events, (time) => ranges.get(time), 0.01, 0)).toBe(0.5);
    expect(shareWithinRange(events, () => undefined, 0.01, 0)).toBeNaN();
  });
});
