/**
 * The distribution of effective leverage over which opened positions are spread.
 *
 * Many positions are cross-margined or topped up, so what they can bear is spread continuously, not stacked on the five
 * leverages of an exchange's slider. Measured on real liquidations, mass uniform over the liquidation distance fits best;
 * the rungs sample it: geometric in the distance, each with the mass of its own interval.
 */
import { leverageBandCount, leverageBandOf } from './leverage-bands.ts';
import { entryValueLiquidationPrice, isolatedLiquidationPrice, type Position } from './liquidation-price.ts';
import type { MarginTier } from './margin-tiers.ts';
import type { VenueName } from './venues.ts';

/** Versioned data: a version is never edited. */
export interface LadderParameters {
  readonly version: number;
  readonly rungs: number;
  /** Nearest and farthest liquidation distance of a long, shares of the entry price. */
  readonly nearest: number;
  readonly farthest: number;
  /** Notional in USD of the position whose margin bracket is taken. */
  readonly assumedNotional: number;
  /** Mass within a distance d is proportional to d^(1 + shape): 0 is even over the distance, below 0 leans to the near rungs. */
  readonly shape: number;
  /** Share that stands at leverage 1, as the last rung: backed in full, hedged, or closed by its owner before price gets there. */
  readonly unlevered: number;
}

export const ladderParameterSets: readonly LadderParameters[] = [
  { version: 1, rungs: 40, nearest: 0.003, farthest: 1, assumedNotional: 10_000, shape: 0, unlevered: 0 },
  // Learned; `model-parameters.ts` says how.
  { version: 2, rungs: 40, nearest: 0.0017, farthest: 1, assumedNotional: 10_000, shape: -0.006, unlevered: 0.837 },
];

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

/** @param venue whose formula counts; `undefined`: Binance's. */
export function leverageLadder(
  parameters: LadderParameters,
  tiers: readonly MarginTier[],
  venue?: VenueName,
): LeverageLadder {
  const { rungs, nearest, farthest, assumedNotional, shape, unlevered } = parameters;
  const formula = formulaOf(venue);
  const ladder = {
    leverage: new Float64Array(rungs),
    bandStart: new Uint8Array(leverageBandCount + 1).fill(rungs),
    weight: new Float64Array(rungs),
    long: new Float64Array(rungs),
    short: new Float64Array(rungs),
  };
  const spread = unlevered > 0 ? rungs - 1 : rungs;
  const ratio = (farthest / nearest) ** (1 / spread);
  const massWithin = (distance: number) => distance ** (1 + shape);
  const whole = massWithin(farthest) - massWithin(nearest);
  const setRung = (r: number, leverage: number, weight: number) => {
    ladder.leverage[r] = leverage;
    const place = leverageBandCount - 1 - leverageBandOf(leverage);
    for (let band = 0; band <= place; band++) ladder.bandStart[band] = Math.min(ladder.bandStart[band]!, r);
    ladder.weight[r] = weight;
    ladder.long[r] = multiplier(formula, 'long', leverage, assumedNotional, tiers);
    ladder.short[r] = multiplier(formula, 'short', leverage, assumedNotional, tiers);
  };
  for (let r = 0; r < spread; r++) {
    const from = nearest * ratio ** r;
    const to = nearest * ratio ** (r + 1);
    const weight = ((massWithin(to) - massWithin(from)) / whole) * (1 - unlevered);
    setRung(r, formula.leverageAtDistance((from + to) / 2, tiers[0]!), weight);
  }
  if (unlevered > 0) setRung(spread, 1, unlevered);
  return ladder;
}

interface LiquidationFormula {
  price(position: Position, leverage: number, tiers: readonly MarginTier[]): number | null;
  /** The leverage whose long is liquidated `distance` below its entry: the long formula solved for L in the first bracket. */
  leverageAtDistance(distance: number, tier: MarginTier): number;
}

/** The maintenance margin is taken at the price that liquidates. */
const atLiquidation: LiquidationFormula = {
  price: isolatedLiquidationPrice,
  leverageAtDistance: (distance, { maintenanceRate }) => 1 / (1 - (1 - distance) * (1 - maintenanceRate)),
};
/** The maintenance margin is taken at the entry. */
const atEntry: LiquidationFormula = {
  price: entryValueLiquidationPrice,
  leverageAtDistance: (distance, { maintenanceRate }) => 1 / (distance + maintenanceRate),
};

function formulaOf(venue: VenueName | undefined): LiquidationFormula {
  return venue === 'bybit' ? atEntry : atLiquidation;
}

function multiplier(
  formula: LiquidationFormula,
  side: 'long' | 'short',
  leverage: number,
  assumedNotional: number,
  tiers: readonly MarginTier[],
): number {
  const price = formula.price({ side, quantity: assumedNotional, entryPrice: 1 }, leverage, tiers);
  // No liquidation price: the lowest cell, which no price reaches.
  return price ?? 0;
}
