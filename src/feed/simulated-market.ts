/**
 * One simulated market, second by second: a pure function of seed, symbol and start.
 *
 * The price has a volatility that wanders and now and then a jump. Each second brings trades; half of their volume is market making,
 * the rest opens and closes traders' positions. Whoever the mark price reaches is liquidated, and somebody takes the position over.
 */
import type { Observation, PositionSide } from '../market/event.ts';
import { ladderParameters, leverageLadder } from '../market/leverage-ladder.ts';
import { marginTierSet, tiersOf } from '../market/margin-tiers.ts';
import { Random } from './random.ts';
import { type SimulatedSettings, simulatedSettings } from './simulated-settings.ts';
import { type Lot, SideOfTraders } from './simulated-traders.ts';

/** Raise it with every change that gives another market for the same seed: a log must not go on with another one's events. */
export const generatorVersion = 1;
export const stepMs = 1000;
const secondsPerDay = 86_400;
const openInterestEverySteps = 10;
const firstLots = 20000;
/** Volatility's logarithm: pull to its mean a second, and its deviation. */
const volatilityPull = 1 / 7200;
const volatilitySpread = 0.5;
const mostTradesPerStep = 4;
/** How far the share of opens leans against open interest that is not what the settings say: liquidations alone would use it up. */
const openInterestPull = 0.25;
/** What traders' leverage is drawn from. Fixed, because a market must stay what its seed says. */
const ladderVersion = 1;
const tiersVersion = 1;

export class SimulatedMarket {
  readonly #settings: SimulatedSettings;
  readonly #random: Random;
  readonly #long: SideOfTraders;
  readonly #short: SideOfTraders;
  readonly #startMs: number;
  #steps = 0;
  #price: number;
  #mark: number;
  #volatility = 0;
  #trades = 0;
  #liquidations = 0;
  /** Contracts opened and not yet made into a lot. They are part of the open interest. */
  #openingLong = 0;
  #openingShort = 0;

  /** @param startMs a whole second, ms since 1970. */
  constructor(symbol: string, seed: number, startMs: number) {
    this.#settings = simulatedSettings(symbol);
    this.#random = new Random(`${seed}/${symbol}`);
    this.#startMs = startMs;
    this.#price = this.#settings.startPrice;
    this.#mark = this.#price;
    const ladder = leverageLadder(ladderParameters(ladderVersion)!, tiersOf(marginTierSet(tiersVersion)!, symbol));
    this.#long = new SideOfTraders('long', ladder, this.#random);
    this.#short = new SideOfTraders('short', ladder, this.#random);
    this.#openFirst(this.#long);
    this.#openFirst(this.#short);
  }

  /** Time up to which the market has been made, in ms. */
  get time(): number {
    return this.#startMs + this.#steps * stepMs;
  }

  get markPrice(): number {
    return this.#roundPrice(this.#mark);
  }

  /** The truth that a book can only guess: every open lot of a side. */
  positions(side: PositionSide): SideOfTraders {
    return side === 'long' ? this.#long : this.#short;
  }

  /** One-sided, contracts. */
  get openInterest(): number {
    return this.#long.total + this.#openingLong;
  }

  /** What there is to see at the start, before the first step. */
  opening(): Observation[] {
    return [this.#openInterestNow(), this.#markNow()];
  }

  /** The next second. */
  step(): Observation[] {
    this.#steps++;
    const shock = this.#movePrice();
    const observations: Observation[] = [];
    this.#trade(shock, observations);
    this.#liquidate('long', observations);
    this.#liquidate('short', observations);
    this.#makeLots();
    observations.push(this.#markNow());
    if (this.#steps % openInterestEverySteps === 0) observations.push(this.#openInterestNow());
    return observations;
  }

  /** @returns the move in standard deviations, which the flow of orders leans to. */
  #movePrice(): number {
    const { dailyVolatility, jumpsPerDay, jumpSize } = this.#settings;
    const random = this.#random;
    const kick = volatilitySpread * Math.sqrt(2 * volatilityPull) * random.normal();
    this.#volatility += kick - this.#volatility * volatilityPull;
    const shock = random.normal();
    const deviation = (dailyVolatility / Math.sqrt(secondsPerDay)) * Math.exp(this.#volatility - volatilitySpread ** 2);
    const jump = random.uniform() < jumpsPerDay / secondsPerDay ? jumpSize * random.normal() : 0;
    this.#price *= Math.exp(shock * deviation + jump);
    this.#mark += (this.#price - this.#mark) / 2;
    return shock;
  }

  #trade(shock: number, observations: Observation[]): void {
    const { openInterest, dailyTurnover, churn } = this.#settings;
    const random = this.#random;
    const hour = ((this.time / 3_600_000) % 24) * (Math.PI / 12);
    const busy = (1 + 0.4 * Math.sin(hour)) * Math.exp(this.#volatility);
    const buyShare = Math.min(Math.max(0.5 + 0.15 * shock + 0.1 * random.normal(), 0.05), 0.95);
    const meanVolume = ((openInterest * dailyTurnover) / secondsPerDay) * busy;
    const trades = Math.floor(random.uniform() * (mostTradesPerStep + 1));
    for (let i = 0; i < trades; i++) {
      const size = (-Math.log(1 - random.uniform()) * meanVolume * 2) / mostTradesPerStep;
      const isBuy = random.uniform() < buyShare;
      const time = this.time - stepMs + Math.floor(((i + 1) * stepMs) / (trades + 1));
      const quantity = this.#print(time, size, isBuy, observations);
      this.#turnOver(quantity * (1 - churn), isBuy);
    }
  }

  /** Buyers open longs or close shorts, sellers open shorts or close longs; takers open more often than makers. */
  #turnOver(quantity: number, isTakerBuy: boolean): void {
    const random = this.#random;
    const lean = isTakerBuy ? 0.15 : -0.15;
    const usual = 0.5 + openInterestPull * (1 - this.openInterest / this.#settings.openInterest);
    const buyersOpen = Math.min(Math.max(usual + lean + 0.1 * random.normal(), 0), 1) * quantity;
    const sellersOpen = Math.min(Math.max(usual - lean + 0.1 * random.normal(), 0), 1) * quantity;
    const closedShort = this.#short.close(quantity - buyersOpen);
    const closedLong = this.#long.close(quantity - sellersOpen);
    this.#openingLong += quantity - closedShort;
    this.#openingShort += quantity - closedLong;
  }

  #liquidate(name: PositionSide, observations: Observation[]): void {
    const side = this.positions(name);
    const isLong = name === 'long';
    for (let lot = side.takeLiquidated(this.markPrice); lot !== null; lot = side.takeLiquidated(this.markPrice)) {
      const { quantity } = lot;
      this.#tellLiquidation(name, lot, observations);
      this.#print(this.time, quantity, !isLong, observations);
      // Half of the takers had nothing and now hold the position; the others close one of the other side with it.
      const isTakenOver = this.#random.uniform() < 0.5;
      const closed = isTakenOver ? 0 : this.positions(isLong ? 'short' : 'long').close(quantity);
      if (isLong) this.#openingLong += quantity - closed;
      else this.#openingShort += quantity - closed;
    }
  }

  /** What is left of a lot may be less than the smallest quantity there is; a venue would not tell of it. */
  #tellLiquidation(side: PositionSide, lot: Lot, observations: Observation[]): void {
    const quantity = this.#roundQuantity(lot.quantity);
    if (quantity === 0) return;
    const price = this.#roundPrice(lot.liquidationPrice);
    observations.push({ kind: 'liquidation', time: this.time, id: ++this.#liquidations, price, quantity, side });
  }

  /** A trade, as the venue would print it. @returns its quantity. */
  #print(time: number, size: number, isBuy: boolean, observations: Observation[]): number {
    const quantity = this.#roundQuantity(size);
    if (quantity === 0) return 0;
    const spread = (isBuy ? 0.5 : -0.5) * 10 ** -this.#settings.priceDecimals;
    const price = this.#roundPrice(this.#price + spread);
    observations.push({ kind: 'trade', time, id: ++this.#trades, price, quantity, taker: isBuy ? 'buy' : 'sell' });
    return quantity;
  }

  #makeLots(): void {
    if (this.#openingLong > 0) this.#long.open(this.#openingLong, this.#price);
    if (this.#openingShort > 0) this.#short.open(this.#openingShort, this.#price);
    this.#openingLong = 0;
    this.#openingShort = 0;
  }

  /** A market begins with positions that were all opened at its first price. */
  #openFirst(side: SideOfTraders): void {
    for (let lot = 0; lot < firstLots; lot++) side.open(this.#settings.openInterest / firstLots, this.#price);
  }

  #markNow(): Observation {
    return { kind: 'mark_price', time: this.time, id: this.time, price: this.markPrice };
  }

  #openInterestNow(): Observation {
    const contracts = this.#roundQuantity(this.openInterest);
    return { kind: 'open_interest', time: this.time, id: this.time, contracts };
  }

  #roundPrice(price: number): number {
    const unit = 10 ** this.#settings.priceDecimals;
    return Math.max(Math.round(price * unit), 1) / unit;
  }

  #roundQuantity(quantity: number): number {
    const unit = 10 ** this.#settings.quantityDecimals;
    return Math.round(quantity * unit) / unit;
  }
}
