/**
 * The price axis of a book: cells of equal width, a whole number of them a display level.
 *
 * Cell i stands for the price i × tick. A display level is a round price: a 1-2-5 step near 0.1 % of the stream's first price,
 * fixed for the epoch, so that equal states always show equal levels.
 */

/** Fine enough that rounding a liquidation price to a cell moves it by at most a tenth of a level. */
export const cellsPerLevel = 5;

/** Levels that so many cells may belong to. */
export function levelRoom(cellCount: number): number {
  return Math.ceil(cellCount / cellsPerLevel) + 1;
}

/** Cells a book may have: a price may rise to at least thirty times the first one before it is refused. */
export const maxCells = 1 << 19;

/** A distance in USD written as `mantissa × 10^exponent`, so that its multiples are exact decimals. */
export interface PriceStep {
  /** A whole number. */
  readonly mantissa: number;
  readonly exponent: number;
}

/** From one level to the next: a 1-2-5 step. */
export interface LevelStep extends PriceStep {
  readonly mantissa: 1 | 2 | 5;
}

const levelStepShareOfPrice = 0.001;

/** The 1-2-5 step nearest (by ratio) to 0.1 % of `price` (USD). */
export function levelStepFor(price: number): LevelStep {
  const wanted = price * levelStepShareOfPrice;
  const exponent = Math.floor(Math.log10(wanted));
  const steps: LevelStep[] = [
    { mantissa: 1, exponent },
    { mantissa: 2, exponent },
    { mantissa: 5, exponent },
    { mantissa: 1, exponent: exponent + 1 },
  ];
  const misfit = (step: LevelStep) => Math.abs(Math.log(levelPrice(step, 1) / wanted));
  return steps.reduce((best, step) => (misfit(step) < misfit(best) ? step : best));
}

/** Price (USD) of level number `level`, correctly rounded: one multiplication or one division of whole numbers. */
export function levelPrice(step: PriceStep, level: number): number {
  return step.exponent >= 0
    ? step.mantissa * level * 10 ** step.exponent
    : (step.mantissa * level) / 10 ** -step.exponent;
}

/** Width of a cell in USD. */
export function tickOf(step: LevelStep): number {
  return levelPrice(step, 1) / cellsPerLevel;
}
