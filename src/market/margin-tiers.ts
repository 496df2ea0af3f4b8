/**
 * Margin tiers: what share of a position's notional must stay as margin, bracket by bracket. Versioned data with a venue and a
 * date; a version is never edited, a change of the venue's table is a new version, so that an old stream folds as it did.
 */

export interface MarginTier {
  /** Largest notional of the bracket in USD, inclusive. */
  readonly notionalCap: number;
  /** Maintenance margin rate, a share of the notional. */
  readonly maintenanceRate: number;
  /** What makes the maintenance margin continuous over brackets, in USD: margin = notional · rate − amount. */
  readonly maintenanceAmount: number;
  readonly maxLeverage: number;
}

export interface MarginTierSet {
  readonly version: number;
  readonly venue: string;
  /** Day of the table, ISO 8601. */
  readonly date: string;
  /** Symbol whose tiers stand in where a symbol has none of its own; the model lists that as an assumption. */
  readonly fallbackSymbol: string;
  readonly symbols: Readonly<Record<string, readonly MarginTier[]>>;
}

type TierRow = readonly [notionalCap: number, maintenancePercent: number, maxLeverage: number];

/** Amounts follow from caps and rates: `cum_n = cum_(n−1) + floor_n · (MMR_n − MMR_(n−1))`, `cum_1 = 0` (Binance's table). */
function tiersFromRows(rows: readonly TierRow[]): readonly MarginTier[] {
  let amount = 0;
  let floor = 0;
  let previousPercent = rows[0]![1];
  return rows.map(([notionalCap, percent, maxLeverage]) => {
    amount += (floor * (percent - previousPercent)) / 100;
    floor = notionalCap;
    previousPercent = percent;
    // The amounts of the table are whole dollars; the product of a binary fraction is a hair beside them.
    return { notionalCap, maintenanceRate: percent / 100, maintenanceAmount: Math.round(amount), maxLeverage };
  });
}

const million = 1e6;
const commonRows: readonly TierRow[] = [
  [50_000, 0.4, 125],
  [600_000, 0.5, 100],
  [3 * million, 0.65, 75],
  [12 * million, 1, 50],
];

export const marginTierSets: readonly MarginTierSet[] = [
  {
    version: 1,
    venue: 'Binance USD-M',
    date: '2024-10-24',
    fallbackSymbol: 'BTCUSDT',
    symbols: {
      BTCUSDT: tiersFromRows([
        ...commonRows,
        [70 * million, 2, 25],
        [100 * million, 2.5, 20],
        [230 * million, 5, 10],
        [480 * million, 10, 5],
        [600 * million, 12.5, 4],
        [800 * million, 15, 3],
        [1200 * million, 25, 2],
        [1800 * million, 50, 1],
      ]),
      ETHUSDT: tiersFromRows([
        ...commonRows,
        [50 * million, 2, 25],
        [65 * million, 2.5, 20],
        [150 * million, 5, 10],
        [320 * million, 10, 5],
        [400 * million, 12.5, 4],
        [530 * million, 15, 3],
        [800 * million, 25, 2],
        [1200 * million, 50, 1],
      ]),
    },
  },
];

export const latestMarginTiersVersion = marginTierSets.at(-1)!.version;

export function marginTierSet(version: number): MarginTierSet | undefined {
  return marginTierSets.find((set) => set.version === version);
}

/** The symbol's tiers, or those of the set's fallback symbol. */
export function tiersOf(set: MarginTierSet, symbol: string): readonly MarginTier[] {
  return ownTiersOf(set, symbol) ?? set.symbols[set.fallbackSymbol]!;
}

/** `undefined` where the set has none. */
export function ownTiersOf(set: MarginTierSet, symbol: string): readonly MarginTier[] | undefined {
  return Object.hasOwn(set.symbols, symbol) ? set.symbols[symbol] : undefined;
}

/** The bracket a notional (USD) falls into; beyond the last cap the last bracket holds. */
export function tierForNotional(tiers: readonly MarginTier[], notional: number): MarginTier {
  return tiers.find((tier) => notional <= tier.notionalCap) ?? tiers.at(-1)!;
}
