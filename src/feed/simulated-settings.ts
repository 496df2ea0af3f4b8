/**
 * What a simulated market is like. None of it was measured on a market: round numbers of a plausible size, so that pictures look as
 * real ones do.
 */
export interface SimulatedSettings {
  /** USD. */
  readonly startPrice: number;
  /** Smallest step of a price in USD, as decimals. */
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
  /** Contracts, one-sided. */
  readonly openInterest: number;
  /** Volume of a day as a multiple of the open interest. */
  readonly dailyTurnover: number;
  /** Standard deviation of a day's return. */
  readonly dailyVolatility: number;
  readonly jumpsPerDay: number;
  /** Standard deviation of a jump. */
  readonly jumpSize: number;
  /** Share of the volume that leaves no position. */
  readonly churn: number;
}

const common = {
  dailyTurnover: 3,
  dailyVolatility: 0.025,
  jumpsPerDay: 3,
  jumpSize: 0.006,
  churn: 0.5,
};

const bySymbol: Readonly<Record<string, SimulatedSettings>> = {
  BTCUSDT: { ...common, startPrice: 100_000, priceDecimals: 1, quantityDecimals: 3, openInterest: 50_000 },
  ETHUSDT: { ...common, startPrice: 3_500, priceDecimals: 2, quantityDecimals: 3, openInterest: 600_000 },
};

const anyOther: SimulatedSettings = {
  ...common,
  startPrice: 100,
  priceDecimals: 3,
  quantityDecimals: 1,
  openInterest: 1_000_000,
};

export function simulatedSettings(symbol: string): SimulatedSettings {
  return Object.hasOwn(bySymbol, symbol) ? bySymbol[symbol]! : anyOther;
}
