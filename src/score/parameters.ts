/** Everything that a forecast depends on beside the recording: the book's model and how what it shows becomes liquidated USD. */
import type { LadderParameters } from '../market/leverage-ladder.ts';

export interface ForecastParameters {
  readonly ladder: Omit<LadderParameters, 'version'>;
  /** Share of the volume that opens and closes at once, as in the book's model. */
  readonly churn: number;
  readonly halfLifeMs: number;
  /** Margin tiers' version. */
  readonly tiers: number;
  readonly link: LiquidationLink;
}

/** How a recording's swept USD becomes its liquidated USD. It belongs to the recording (its venues, its volume), not to the book. */
export interface LiquidationLink {
  /** Contracts traded where positions are for one in the recording (of another market, or of one venue of several). */
  readonly volumeFactor: number;
  /** Opens within the interval, which a book frozen at its start cannot show, as a multiple of what the book itself opens. */
  readonly fleeting: number;
  /** USD a side that is liquidated in an interval whatever the price does. */
  readonly backgroundUsd: number;
}
