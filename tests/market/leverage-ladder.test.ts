import { describe, expect, it } from 'vitest';
import { ladderParameters, leverageLadder } from '../../src/market/leverage-ladder.ts';
import { marginTierSet, tiersOf } from '../../src/market/margin-tiers.ts';

const parameters = ladderParameters(1)!;
const ladder = leverageLadder(parameters, tiersOf(marginTierSet(1)!, 'BTCUSDT'));

describe('the leverage ladder', () => {
  it('has forty rungs whose shares make a whole', () => {
    expect(ladder.weight).toHaveLength(40);
    expect(ladder.weight.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  it('runs from the highest leverage to the lowest, liquidations from near to far', () => {
    for (let r = 1; r < 40; r++) {
      expect(ladder.leverage[r]).toBeLessThan(ladder.leverage[r - 1]!);
      expect(ladder.long[r]).toBeLessThan(ladder.long[r - 1]!);
      expect(ladder.short[r]).toBeGreaterThan(ladder.short[r - 1]!);
    }
    expect(1 - ladder.long[0]!).toBeGreaterThan(0.003);
    expect(1 - ladder.long[0]!).toBeLessThan(0.0035);
    expect(ladder.long[39]).toBeGreaterThan(0);
    expect(1 - ladder.long[39]!).toBeGreaterThan(0.9);
  });

  it('is geometric in the distance, and spreads the mass evenly over it', () => {
    const distances = Array.from(ladder.long, (multiplier) => 1 - multiplier);
    const ratio = (1 / 0.003) ** (1 / 40);
    for (let r = 1; r < 40; r++) {
      expect(distances[r]! / distances[r - 1]!).toBeCloseTo(ratio, 6);
      // A rung's share is the width of the interval it samples.
      expect(ladder.weight[r]! / ladder.weight[r - 1]!).toBeCloseTo(ratio, 9);
    }
    const within = (distance: number) =>
      distances.reduce((sum, d, r) => (d <= distance ? sum + ladder.weight[r]! : sum), 0);
    expect(within(0.5)).toBeGreaterThan(0.43);
    expect(within(0.5)).toBeLessThan(0.57);
  });

  it('has the leverage whose formula gives that distance in the first bracket', () => {
    for (let r = 0; r < 40; r++) {
      const leverage = ladder.leverage[r]!;
      expect((1 - 1 / leverage) / (1 - 0.004)).toBeCloseTo(ladder.long[r]!, 12);
      expect((1 + 1 / leverage) / (1 + 0.004)).toBeCloseTo(ladder.short[r]!, 12);
    }
  });
});
