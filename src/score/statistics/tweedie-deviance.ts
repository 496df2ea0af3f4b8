/**
 * How far a non-negative amount is from its prediction, for amounts whose variance grows with a power of their mean: zeros are
 * possible, and large amounts are uncertain in proportion.
 *
 * Source: Jørgensen, "The Theory of Dispersion Models" (unit deviance of the Tweedie family, 1 < p < 2).
 */

/** Variance ∝ mean^1.5: what the spread of the residuals over the predictions showed on the days of the fit. */
export const tweediePower = 1.5;

/** Zero when they are equal. @param predicted above 0. */
export function tweedieDeviance(observed: number, predicted: number, power = tweediePower): number {
  const [one, two] = [1 - power, 2 - power];
  return 2 * (observed ** two / (one * two) - (observed * predicted ** one) / one + predicted ** two / two);
}

/** Sum over all pairs, in units of `unit` so that the figure is readable. */
export function totalDeviance(observed: ArrayLike<number>, predicted: ArrayLike<number>, unit = 10_000): number {
  let sum = 0;
  for (let i = 0; i < observed.length; i++) sum += tweedieDeviance(observed[i]! / unit, predicted[i]! / unit);
  return sum;
}
