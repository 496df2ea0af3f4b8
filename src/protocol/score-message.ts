/** What the channel `score` says: each entry of a ledger once it is committed, a prediction before its interval has begun. */
import { z } from 'zod';
import { ledgerEntrySchema } from './ledger-entry.ts';

const count = z.int().nonnegative();

export const scoreSchema = z.object({
  type: z.literal('score'),
  symbol: z.string(),
  timestamp: z.iso.datetime().describe('when the message was made'),
  simulated: z.boolean().describe('true: nothing of it was measured on a market'),
  recent: z.literal(true).optional().describe('the newest of those that were entered before you subscribed'),
  missed: count.describe('entries before these that you were not sent: you read too slowly'),
  data: z.array(
    z.object({
      hash: z.string().describe('SHA-256 of the JSON of the entry as it stands in the ledger'),
      entry: ledgerEntrySchema,
    }),
  ),
});

export type ScoreMessage = z.infer<typeof scoreSchema>;

/** What is under way, and how it was before. */
const recentEntries = 2;

/** What a newcomer is told. @param before what he would have been told before `message`. */
export function recentScores(before: ScoreMessage | null, message: ScoreMessage): ScoreMessage {
  const data = [...(before?.data ?? []), ...message.data].slice(-recentEntries);
  return { ...message, recent: true, missed: 0, data };
}
