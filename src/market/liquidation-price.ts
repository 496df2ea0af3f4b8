/**
 * The mark price at which a position is force-closed: where its equity falls to its maintenance margin.
 *
 * Source: Binance, "How to calculate liquidation price of USDⓈ-M futures contracts". The maintenance rate and amount are those of
 * the bracket that holds at the liquidation price, not at the entry.
 */
import type { PositionSide } from './event.ts';
import { type MarginTier, tierForNotional } from './margin-tiers.ts';

export interface Position {
  readonly side: PositionSide;
  /** Contracts (base units), positive. */
  readonly quantity: number;
  /** USD. */
  readonly entryPrice: number;
}

export interface Collateral {
  /** Margin that backs the position: for isolated margin its own, for cross the wallet's balance. USD. */
  readonly walletBalance: number;
  /** Maintenance margin of all other positions on the same balance. USD. */
  readonly otherMaintenance: number;
  /** Unrealised profit of all other positions on the same balance. USD. */
  readonly otherUnrealisedProfit: number;
}

/**
 * `(WB − TMM + UPNL + cum − s·Q·E) / (Q·MMR − s·Q)`, s = 1 long, −1 short.
 *
 * @returns USD, or `null` when no positive mark price liquidates the position.
 */
export function liquidationPrice(
  position: Position,
  collateral: Collateral,
  tiers: readonly MarginTier[],
): number | null {
  const { quantity, entryPrice } = position;
  const sign = position.side === 'long' ? 1 : -1;
  const backing = collateral.walletBalance - collateral.otherMaintenance + collateral.otherUnrealisedProfit;
  let tier = tierForNotional(tiers, quantity * entryPrice);
  // Maintenance margin is convex in the notional, so going to the bracket of the answer again and again ends within one pass of the table.
  for (let attempt = 0; attempt <= tiers.length; attempt++) {
    const price =
      (backing + tier.maintenanceAmount - sign * quantity * entryPrice) /
      (quantity * tier.maintenanceRate - sign * quantity);
    if (!(price > 0)) return null;
    const tierThere = tierForNotional(tiers, quantity * price);
    if (tierThere === tier) return price;
    tier = tierThere;
  }
  throw new RangeError('margin tiers are not continuous: no bracket holds at its own liquidation price');
}

/** An isolated position whose margin is its initial margin, notional ÷ leverage: `E·(1 ∓ 1/L ∓ cum/N) / (1 ∓ MMR)`. */
export function isolatedLiquidationPrice(
  position: Position,
  leverage: number,
  tiers: readonly MarginTier[],
): number | null {
  const walletBalance = (position.quantity * position.entryPrice) / leverage;
  return liquidationPrice(position, { walletBalance, otherMaintenance: 0, otherUnrealisedProfit: 0 }, tiers);
}

/**
 * The same for a venue that takes the maintenance margin at the entry value: `E ∓ (IM − MM) / Q`.
 *
 * Source: Bybit help centre, "Liquidation price calculation under isolated mode".
 */
export function entryValueLiquidationPrice(
  position: Position,
  leverage: number,
  tiers: readonly MarginTier[],
): number | null {
  const notional = position.quantity * position.entryPrice;
  const tier = tierForNotional(tiers, notional);
  const distance =
    (notional / leverage - (notional * tier.maintenanceRate - tier.maintenanceAmount)) / position.quantity;
  const price = position.side === 'long' ? position.entryPrice - distance : position.entryPrice + distance;
  return price > 0 ? price : null;
}
