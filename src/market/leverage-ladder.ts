/**
 * The distribution of effective leverage over which opened positions are spread.
 *
 * Many positions are cross-margined or topped up, so what they can bear is spread continuously, not stacked on the five
 * leverages of an exchange's slider. Measured on real liquidations, mass uniform over the liquidation distance fits best;
 * the rungs sample it: geometric in the distance, each with the mass of its own interval.
 */
import { leverageBandCount, leverageBandOf } from './leverage-bands.ts';
import { isolatedLiquidationPrice } from './liquidation-price.ts';
import { type MarginTier, type MarginTierSet, tiersOf } from './margin-tiers.ts';

/** Versioned data: a version is never edited. */
export interface LadderParameters {
  readonly version: number;
  readonly rungs: number;
  /** Nearest and farthest liquidation distance of a long, shares of the entry price. */
  readonly nearest: number;
  readonly farthest: number;
  /** Notional in USD of the position whose margin bracket is taken. */
  readonly assumedNotional: number;
}

export const ladderParameterSets: readonly LadderParameters[] = [
  { version: 1, rungs: 40, nearest: 0.003, farthest: 1, assumedNotional: 10_000 },
];

export const latestLadderVersion = ladderParameterSets.at(-1)!.version;

export function ladderParameters(version: number): LadderParameters | undefined {
  return ladderParameterSets.find((parameters) => parameters.version === version);
}

/** One entry a rung, nearest liquidation first. Prices are entry price × multiplier. */
export interface LeverageLadder {
  /** Effective leverage of the rung. */
  readonly leverage: Float64Array;
  /** One entry a leverage band (`leverage-bands.ts`) and one more: its first rung; the highest band comes first. */
  readonly bandStart: Uint8Array;
  /** Share of the opened contracts; the shares sum to 1. */
  readonly weight: Float64Array;
  /** Liquidation price ÷ entry price, falling. */
  readonly long: Float64Array;
  /** Liquidation price ÷ entry price, rising. */
  readonly short: Float64Array;
}

export function leverageLadder(parameters: LadderParameters, set: MarginTierSet, symbol: string): LeverageLadder {
  const { rungs, nearest, farthest, assumedNotional } = parameters;
  const tiers = tiersOf(set, symbol);
  const ladder = {
    leverage: new Float64Array(rungs),
    bandStart: new Uint8Array(leverageBandCount + 1).fill(rungs),
    weight: new Float64Array(rungs),
    long: new Float64Array(rungs),
    short: new Float64Array(rungs),
  };
  const ratio = (farthest / nearest) ** (1 / rungs);
  for (let r = 0; r < rungs; r++) {
    const from = nearest * ratio ** r;
    const to = nearest * ratio ** (r + 1);
    const leverage = leverageAtDistance((from + to) / 2, tiers[0]!);
    ladder.leverage[r] = leverage;
    const place = leverageBandCount - 1 - leverageBandOf(leverage);
    for (let band = 0; band <= place; band++) ladder.bandStart[band] = Math.min(ladder.bandStart[band]!, r);
    ladder.weight[r] = (to - from) / (farthest - nearest);
    ladder.long[r] = multiplier('long', leverage, assumedNotional, tiers);
    ladder.short[r] = multiplier('short', leverage, assumedNotional, tiers);
  }
  return ladder;
}

/** The leverage whose long is liquidated `distance` below its entry: the long formula solved for L in the first bracket. */
function leverageAtDistance(distance: number, tier: MarginTier): number {
  return 1 / (1 - (1 - distance) * (1 - tier.maintenanceRate));
}

function multiplier(
  side: 'long' | 'short',
  leverage: number,
  assumedNotional: number,
  tiers: readonly MarginTier[],
): number {
  const price = isolatedLiquidationPrice({ side, quantity: assumedNotional, entryPrice: 1 }, leverage, tiers);
  // No liquidation price: the lowest cell, which no price reaches.
  return price ?? 0;
}
