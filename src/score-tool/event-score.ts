/** What single liquidations say beside the totals: whether their prices fit the candles, and how the book did level by level. */
import { shareWithinRange } from '../score/bankruptcy.ts';
import { firstTouches } from '../score/first-touch.ts';
import type { ForecastParameters } from '../score/parameters.ts';
import { type Recording, sides } from '../score/recording.ts';
import { rankCorrelation } from '../score/statistics/rank-correlation.ts';
import { topDecileAuc, topDecileCapture } from '../score/statistics/top-decile.ts';
import { type EventFile, impliedMaintenanceRate } from './event-file.ts';

/** The flat rate of the lowest bracket, as most maps assume it. */
const flatRate = 0.004;
/** Spot candles and the mark of a perpetual differ by this share, as a rule. */
const slack = 0.0005;

export interface TouchScore {
  readonly side: 'long' | 'short';
  readonly ground: 'all' | 'fresh';
  readonly levels: number;
  readonly rank: number;
  readonly auc: number;
  readonly capture: number;
}

export interface EventScore {
  readonly events: number;
  /** Of the events, those whose implied mark lies in their minute's range, by the assumed maintenance rate. */
  readonly withinRange: {
    readonly flat: number;
    readonly flatWithSlack: number;
    readonly withFee: number;
    readonly withFeeAndSlack: number;
  };
  readonly touches: readonly TouchScore[];
}

export function eventScore(recording: Recording, file: EventFile, parameters: ForecastParameters): EventScore {
  const { bankruptcies, liquidations } = file;
  const candles = new Map(recording.observations.flatMap((o) => (o.kind === 'candle' ? [[o.id, o]] : [])));
  const [one] = candles.values();
  const wide = one!.time - one!.id;
  const share = (rate: number, slackShare: number) =>
    shareWithinRange(bankruptcies, (time) => candles.get(Math.floor(time / wide) * wide), rate, slackShare);
  const [from, to] = [bankruptcies[0]!.time, bankruptcies.at(-1)!.time];
  const touched = firstTouches(recording, liquidations, parameters, from, to);
  const touches = sides.flatMap((side) =>
    (['all', 'fresh'] as const).map((ground): TouchScore => {
      const levels = touched.filter((level) => level.side === side && (ground === 'all' || level.isFresh));
      const [x, y] = [levels.map(({ predicted }) => predicted), levels.map(({ liquidated }) => liquidated)];
      const figures = { rank: rankCorrelation(x, y), auc: topDecileAuc(x, y), capture: topDecileCapture(x, y) };
      return { side, ground, levels: levels.length, ...figures };
    }),
  );
  return {
    events: bankruptcies.length,
    withinRange: {
      flat: share(flatRate, 0),
      flatWithSlack: share(flatRate, slack),
      withFee: share(impliedMaintenanceRate, 0),
      withFeeAndSlack: share(impliedMaintenanceRate, slack),
    },
    touches,
  };
}

export function eventText({ events, withinRange, touches }: EventScore): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const { flat, flatWithSlack, withFee, withFeeAndSlack } = withinRange;
  const slackText = `allowing ${slack * 1e4} basis points between markets`;
  return [
    `Single liquidations: ${events}; implied mark within the minute's range:`,
    `  flat maintenance of 0.4 %              ${percent(flat)}, ${slackText} ${percent(flatWithSlack)}`,
    `  0.4 % and the taker fee of 0.05 %      ${percent(withFee)}, ${slackText} ${percent(withFeeAndSlack)}`,
    'First touch of a level, one venue (no intervals: this is a single day or less):',
    ...touches.map(({ side, ground, levels, rank, auc, capture }) => {
      const figures = [rank, auc, capture].map((value) => (Number.isNaN(value) ? '–' : value.toFixed(2)));
      return `  ${side.padEnd(5)} ${ground.padEnd(5)} ${String(levels).padStart(4)} levels: rank ${figures[0]}, AUC of the top tenth ${figures[1]}, captured ${figures[2]}`;
    }),
  ].join('\n');
}
