/**
 * What stands in a score ledger: for each interval what the book said before it began, and afterwards how that compared with what was
 * liquidated, or why it could not be compared. The entries as they are stored, streamed and exported.
 */
import { z } from 'zod';
import { completenessSchema } from './liquidations-message.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const usd = z.number().nonnegative();
const price = z.number().positive();
const share = z.number().nonnegative();
const venue = z.string().nullable().describe('null: the source has no venues');

/** Distances from the price for which a frozen entry says what it holds up to there, as shares of the price. */
export const curveDistances = [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128] as const;
const curve = z
  .array(usd)
  .length(curveDistances.length)
  .describe(`USD that a move of ${curveDistances.join(', ')} of the price would sweep`);

const model = z
  .object({ tiers: z.number(), ladder: z.number(), churn: z.number(), half_life_ms: z.number() })
  .nullable()
  .describe('versions and parameters the book was folded with last');

const common = {
  number: z.int().nonnegative().describe('of the entry, from 0'),
  previous: hash.describe('of the entry before; of the first, of the name of the ledger'),
  start: z.iso.datetime().describe('of the interval'),
  end: z.iso.datetime(),
};

const frozenSchema = z.object({
  kind: z.literal('frozen'),
  ...common,
  epoch: z.string().describe('of the market stream'),
  seq: z.int().nonnegative().describe('events that the frozen book holds'),
  digest: hash.describe('SHA-256 of the frozen books'),
  layout: z.string().describe('of the bytes that the digest is of'),
  books: z.array(z.object({ venue, price, model, long: curve, short: curve })).min(1),
});

const scoredSideSchema = z.object({
  predicted_usd: usd.describe('what the frozen book held where the price then went'),
  liquidated_usd: usd.describe('what the venue told of'),
  move: share.describe('from the first price to the extreme against the side, as a share of it'),
  excursion: share.describe('deepest fall (for shorts: rise) within the interval'),
  depth: share
    .nullable()
    .describe('beyond all that was traded in the 12 hours before; null: not all of them are known'),
  age_hours: share.describe('since the extreme price was last traded, as far as the ledger knows, in whole intervals'),
});

export const scoredBookSchema = z.object({
  venue,
  completeness: completenessSchema,
  open: price.describe('last price before the interval'),
  high: price,
  low: price,
  long: scoredSideSchema,
  short: scoredSideSchema,
});

export const unscoredReasons = {
  gap: 'the source missed something within the interval',
  silence: 'no price was heard for too long',
  stream_changed: 'the market stream that it was frozen on is another one now',
  book_changed: 'the book that was frozen could not be folded again after a restart',
  interval_changed: 'SCORE_INTERVAL was changed within the interval',
} as const;
export type UnscoredReason = keyof typeof unscoredReasons;
const reason = z.enum(Object.keys(unscoredReasons) as [UnscoredReason, ...UnscoredReason[]]);

const scoredSchema = z.object({
  kind: z.literal('scored'),
  ...common,
  seq: z.int().nonnegative().describe('events of the market stream up to the end of the interval'),
  books: z.array(scoredBookSchema).min(1),
  not_scored: z.array(z.object({ venue, reason })).describe('books of the same interval that could not be scored'),
});

const unscoredSchema = z.object({
  kind: z.literal('unscored'),
  ...common,
  reason,
});

export const ledgerEntrySchema = z.discriminatedUnion('kind', [frozenSchema, scoredSchema, unscoredSchema]);

export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;
export type FrozenEntry = z.infer<typeof frozenSchema>;
export type ScoredEntry = z.infer<typeof scoredSchema>;
export type UnscoredEntry = z.infer<typeof unscoredSchema>;
export type ScoredBook = z.infer<typeof scoredBookSchema>;
export type ScoredSide = z.infer<typeof scoredSideSchema>;

/** An entry before it has its place in the chain. */
type Unplaced<E> = E extends LedgerEntry ? Omit<E, 'number' | 'previous'> : never;
export type NewEntry = Unplaced<LedgerEntry>;
