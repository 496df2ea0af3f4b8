/** Settings of scoring the picture while it is made. */
import { whole } from './setting-kinds.ts';

export const scoreSettings = {
  SCORE_INTERVAL: whole({
    min: 0,
    max: 86400,
    default: 1800,
    unit: 's',
    doc: 'Length of the intervals for which a prediction is frozen and then scored, where the source tells of liquidations; 0 scores none',
  }),
  SCORE_DAYS: whole({
    min: 2,
    max: 366,
    default: 5,
    unit: 'days',
    doc: 'Scored days that /accuracy needs before it shows a number: with 5 there are 126 ways to draw as many with replacement, the fewest of which 2.5 % are more than one or two',
  }),
  SCORE_WINDOW: whole({
    min: 2,
    max: 366,
    default: 30,
    unit: 'days',
    doc: 'Newest days that /accuracy is about; not below SCORE_DAYS. The ledger keeps all',
  }),
} as const;
