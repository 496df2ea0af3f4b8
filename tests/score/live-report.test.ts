/** The report of a live score: right about predictions whose skill is known, and quiet about what it must not say. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accuracyReport } from '../../src/accuracy-report.ts';
import { liveReportSchema } from '../../src/protocol/accuracy-view.ts';
import { groundOf, type KnownRange, withoutHole } from '../../src/score/known-ground.ts';
import { type LiveInterval, type LiveSide, liveReport } from '../../src/score/live-report.ts';

const intervalMs = 1_800_000;
const bootstrap = { draws: 100, seed: 1 };
/** Spread over powers of ten and in no order. */
const usd = (place: number, salt: number) => 10 ** (3 + (((place + salt) * 7919) % 101) / 25);

function intervals(predictedOf: (liquidated: number, place: number) => number): LiveInterval[] {
  return Array.from({ length: 6 * 48 }, (_, place) => {
    const side = (salt: number): LiveSide => {
      const liquidated = usd(place, salt);
      const path = { move: ((place * 31) % 97) / 1e4, excursion: ((place * 17) % 89) / 1e4, ageHours: place % 7 };
      return { predicted: predictedOf(liquidated, place), liquidated, depth: place % 3 === 0 ? 0.001 : 0, ...path };
    };
    return { start: place * intervalMs, range: ((place * 13) % 83) / 1e4, long: side(0), short: side(50) };
  });
}

describe('a live report', () => {
  it('gives a perfect prediction full marks, and its placebos none', () => {
    const report = liveReport(
      intervals((liquidated) => liquidated),
      intervalMs,
      bootstrap,
    );
    for (const side of ['long', 'short'] as const) {
      const { all, devianceSkill } = report.model.sides[side];
      expect(all.intervals).toBe(6 * 48);
      expect(all.measures.rank).toMatchObject({ value: 1, low: 1, high: 1 });
      expect(all.measures.ratio.value).toBeCloseTo(1, 3);
      expect(all.measures.slope.value).toBeCloseTo(1, 2);
      expect(devianceSkill).toBeGreaterThan(0.999);
      const shuffled = report.placebos.find(({ name }) => name === 'shuffled')!;
      expect(Math.abs(shuffled.sides[side].all.measures.rank.value)).toBeLessThan(0.2);
    }
    expect(report.sideAccuracy.value).toBe(1);
    expect(report.rivals).toHaveLength(5);
  });

  it('gives one that is inverted the worst, and one that is constant no rank at all', () => {
    const inverted = liveReport(
      intervals((liquidated) => 1e12 / liquidated),
      intervalMs,
      bootstrap,
    );
    expect(inverted.model.sides.long.all.measures.rank.value).toBeCloseTo(-1, 6);
    const constant = liveReport(
      intervals(() => 1000),
      intervalMs,
      bootstrap,
    );
    const view = accuracyReport(constant, 'complete');
    expect(view.model.long.all.measures.rank).toEqual({ value: null, low: null, high: null });
    expect(liveReportSchema.parse(view)).toEqual(view);
  });

  it('compares no amounts where the list is a sample', () => {
    const report = liveReport(
      intervals((liquidated) => liquidated),
      intervalMs,
      bootstrap,
    );
    const view = liveReportSchema.parse(accuracyReport(report, 'sampled'));
    expect(view.calibration).toBeNull();
    for (const { long, short } of [view.model, ...view.baselines, ...view.placebos]) {
      for (const side of [long, short]) {
        expect(side.deviance_skill).toBeNull();
        expect(Object.keys({ ...side.all.measures, ...side.fresh.measures })).not.toContain('ratio');
        expect(Object.keys({ ...side.all.measures, ...side.fresh.measures })).not.toContain('slope');
      }
    }
    expect(view.model.long.all.measures.rank!.value).toBe(1);
    expect(accuracyReport(report, 'complete').calibration!.long).toHaveLength(10);
  });
});

describe('ground', () => {
  const hour = 3_600_000;
  const ranges = (lows: readonly number[]): KnownRange[] =>
    lows.map((low, i) => ({ start: i * hour, end: (i + 1) * hour, low, high: low + 10 }));

  it('is fresh only where all of the twelve hours before are known', () => {
    const known = ranges(Array(13).fill(100));
    expect(groundOf(true, 95, 13 * hour, known)).toEqual({ depth: 5, ageHours: 13 });
    expect(groundOf(true, 105, 13 * hour, known)).toEqual({ depth: 0, ageHours: 0 });
    expect(groundOf(false, 115, 13 * hour, known).depth).toBe(5);
    expect(groundOf(true, 95, 13 * hour, known.slice(2)).depth).toBeNull();
    expect(groundOf(true, 95, 13 * hour, [])).toEqual({ depth: null, ageHours: 0 });
  });

  it('is as old as the newest interval that reached it', () => {
    const lows = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(lows, fc.integer({ min: 0, max: 100 }), (all, extreme) => {
        const { ageHours } = groundOf(true, extreme, all.length * hour, ranges(all));
        const last = all.findLastIndex((low) => low <= extreme);
        expect(ageHours).toBe(all.length - (last + 1));
      }),
    );
  });

  it('is known back to the first hole', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), (count, missing) => {
        const all = ranges(Array(count + 1).fill(1));
        const kept = all.filter((_, i) => i !== missing);
        const known = withoutHole(kept, (count + 1) * hour);
        expect(known).toEqual(missing <= count ? all.slice(missing + 1) : all);
      }),
    );
  });
});
