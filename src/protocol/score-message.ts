/** What the channel `score` says: each entry of a ledger as soon as it is committed, a prediction before its interval has begun. */
import { z } from 'zod';
import { ledgerEntrySchema } from './ledger-entry.ts';

export const scoreSchema = z.object({
  type: z.literal('score'),
  symbol: z.string(),
  simulated: z.boolean(),
  hash: z.string().describe('of the entry: SHA-256 of its JSON as it stands in the ledger'),
  entry: ledgerEntrySchema,
});

export type ScoreMessage = z.infer<typeof scoreSchema>;
