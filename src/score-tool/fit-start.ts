/** Where a fit begins: round numbers of the right size, so that a search ends in the same place whoever starts it. */
import type { ForecastParameters } from '../score/parameters.ts';

export const fitStart: ForecastParameters = {
  ladder: { rungs: 40, nearest: 0.002, farthest: 1, assumedNotional: 10_000, shape: 0, unlevered: 0.8 },
  tiers: 1,
  churn: 0.5,
  halfLifeMs: 24 * 3_600_000,
  link: { volumeFactor: 16, fleeting: 4, backgroundUsd: 4000 },
};
