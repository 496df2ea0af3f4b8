/** What `GET /accuracy.json` answers: how good the live picture was, or why that cannot be said yet. */
import { z } from 'zod';
import { type UnscoredReason, unscoredReasons } from './ledger-entry.ts';
import { completenessSchema } from './liquidations-message.ts';

const count = z.int().nonnegative();
const figure = z.number().nullable().describe('null: it is not defined on these intervals');

const estimateSchema = z
  .object({ value: figure, low: figure, high: figure })
  .describe('low and high: central 95 % of draws of whole days with replacement');

const skillSchema = z.object({
  intervals: count,
  effective_days: z.number().nonnegative(),
  measures: z
    .object({
      rank: estimateSchema.describe('rank correlation of predicted and liquidated USD'),
      given_move: estimateSchema.describe('the same, given the size of the move'),
      given_age: estimateSchema.describe('the same, given the hours since the extreme was last traded'),
      given_excursion: estimateSchema.describe('the same, given the deepest excursion'),
      ratio: estimateSchema.describe('predicted ÷ liquidated USD; only where the list is not a sample'),
      slope: estimateSchema.describe('of log liquidated over log predicted; only where the list is not a sample'),
      auc: estimateSchema.describe('of the tenth with most liquidated'),
      capture: estimateSchema.describe('share of all liquidated USD in the tenth with most predicted'),
    })
    .partial(),
});

const sideScoreSchema = z.object({
  all: skillSchema,
  fresh: skillSchema.describe('intervals whose price went beyond all of the 12 hours before'),
  deviance_skill: figure.describe('0: no better than the mean, 1: no error; only where the list is not a sample'),
});

const namedScoreSchema = z.object({ name: z.string(), long: sideScoreSchema, short: sideScoreSchema });

const stepSchema = z.object({
  predicted_usd: z.number().nonnegative(),
  liquidated_usd: z.number().nonnegative(),
  intervals: count,
});

export const liveReportSchema = z.object({
  model: namedScoreSchema,
  side_accuracy: estimateSchema.describe('share of the intervals whose larger side was predicted'),
  baselines: z
    .array(namedScoreSchema)
    .describe('what the same path says without a map, each at the scale that suits it'),
  placebos: z.array(namedScoreSchema).describe('predictions of other intervals or sides: their rank must be about 0'),
  calibration: z
    .object({ long: z.array(stepSchema), short: z.array(stepSchema) })
    .nullable()
    .describe('means of tenths of the intervals, by what was predicted; null where the list is a sample'),
});

export const accuracyBookSchema = z.object({
  venue: z.string().nullable().describe('null: the source has no venues'),
  completeness: completenessSchema,
  intervals: count.describe('that were scored within the window'),
  effective_days: z.number().nonnegative(),
  report: liveReportSchema.nullable().describe('null: too few days, or not asked for'),
});

export const accuracySymbolSchema = z.object({
  symbol: z.string(),
  state: z
    .enum(['scored', 'gathering', 'elsewhere', 'unscored', 'broken'])
    .describe(
      'scored: numbers are shown when the symbol is asked for; gathering: too few days; elsewhere: another server writes it; unscored: nothing is scored; broken: the ledger is damaged',
    ),
  text: z.string().describe('the state for people'),
  ledger: z
    .object({
      entries: count,
      head: z.string().describe('hash of the newest entry: who keeps it can tell later whether the ledger was changed'),
    })
    .nullable(),
  not_scored: z
    .partialRecord(z.enum(Object.keys(unscoredReasons) as [UnscoredReason, ...UnscoredReason[]]), count)
    .describe('intervals of the window, by reason'),
  books: z.array(accuracyBookSchema),
});

export const accuracySchema = z.object({
  source: z.string(),
  simulated: z.boolean().describe('true: no number of this source was measured on a market'),
  interval_seconds: count.describe('0: nothing is scored'),
  days_needed: count,
  window_days: count,
  assumptions: z.array(z.string()).describe('how the numbers are to be read'),
  symbols: z.array(accuracySymbolSchema),
});

export type AccuracyView = z.infer<typeof accuracySchema>;
export type AccuracySymbol = z.infer<typeof accuracySymbolSchema>;
export type AccuracyBook = z.infer<typeof accuracyBookSchema>;
export type LiveReportView = z.infer<typeof liveReportSchema>;
