/** A named set of model parameters as everything a forecast needs. */
import { ladderOfSet, type ModelParameterSet } from '../market/model-parameters.ts';
import type { ForecastParameters } from '../score/parameters.ts';

/** As the server has them unless set. With open interest the half-life plays no part; churn cannot be told from the volume factor. */
const churn = 0.5;
const halfLifeMs = 24 * 3_600_000;

export function parametersOf(set: ModelParameterSet): ForecastParameters {
  return { ladder: ladderOfSet(set), tiers: set.tiers, link: set.link, churn, halfLifeMs };
}
