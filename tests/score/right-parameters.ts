/** The parameters that the simulated market's traders really have. */
import { ladderParameters } from '../../src/market/leverage-ladder.ts';
import type { ForecastParameters } from '../../src/score/parameters.ts';

export const rightParameters: ForecastParameters = {
  ladder: ladderParameters(1)!,
  tiers: 1,
  churn: 0.5,
  halfLifeMs: 86_400_000,
  link: { volumeFactor: 1, fleeting: 1, backgroundUsd: 1000 },
};
