/**
 * Some venues tell at which price a liquidated position had lost all its margin, not the mark price that triggered it. The two are
 * apart by the maintenance margin: `mark = bankruptcy ÷ (1 ∓ rate)`, rate of the notional at the mark, − for longs.
 */
import type { PositionSide } from '../market/event.ts';

export function markOfBankruptcy(side: PositionSide, bankruptcyPrice: number, maintenanceRate: number): number {
  return side === 'long' ? bankruptcyPrice / (1 - maintenanceRate) : bankruptcyPrice / (1 + maintenanceRate);
}

export interface BankruptcyEvent {
  readonly time: number;
  readonly side: PositionSide;
  readonly bankruptcyPrice: number;
}

export interface PriceRange {
  readonly low: number;
  readonly high: number;
}

/**
 * Share of the events whose implied mark lies within what was traded around them.
 *
 * @param rangeAt of the candle that holds the time; undefined: the event does not count.
 * @param slack share of the price by which two markets may differ.
 */
export function shareWithinRange(
  events: readonly BankruptcyEvent[],
  rangeAt: (time: number) => PriceRange | undefined,
  maintenanceRate: number,
  slack: number,
): number {
  let [counted, inside] = [0, 0];
  for (const { time, side, bankruptcyPrice } of events) {
    const range = rangeAt(time);
    if (range === undefined) continue;
    counted++;
    const mark = markOfBankruptcy(side, bankruptcyPrice, maintenanceRate);
    if (mark >= range.low * (1 - slack) && mark <= range.high * (1 + slack)) inside++;
  }
  return counted === 0 ? Number.NaN : inside / counted;
}
