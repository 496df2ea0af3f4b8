/** Liquidations of one symbol that were seen, as the `liquidations` channel tells them. */
import { z } from 'zod';

const count = z.int().nonnegative();
const moment = z.iso.datetime();

export const completenessSchema = z
  .enum(['complete', 'sampled', 'simulated'])
  .describe(
    'complete: the venue tells all of its own; sampled: it tells some, or may, so sums are no totals; simulated: of no market',
  );

export const liquidationSchema = z.object({
  seq: z.int().positive().describe('its place in the event stream: with the epoch a name that no other has'),
  time: moment.describe('when it happened, by the clock of the venue'),
  venue: z.string().optional().describe('absent where the source has no venues'),
  side: z.enum(['long', 'short']).describe('of the position that was closed'),
  price: z.number().positive().describe('USD, as the venue tells it'),
  quantity: z.number().nonnegative().describe('contracts in base units'),
  usd: z.number().nonnegative().describe('price × quantity'),
  completeness: completenessSchema,
});

export const liquidationsSchema = z.object({
  type: z.literal('liquidations'),
  symbol: z.string(),
  timestamp: moment.describe('when the message was made'),
  epoch: z.string().describe('this life of the event stream'),
  seq: count.describe('liquidations of the stream up to here are told'),
  prev_seq: count.describe('and those up to here were told before'),
  recent: z.literal(true).optional().describe('the newest of those that were seen before you subscribed'),
  missed: count.describe(
    'liquidations between the message before and this one that you were not sent: you read too slowly, or they were too many',
  ),
  data: z.array(liquidationSchema).describe('in the order of the stream'),
});

export type Completeness = z.infer<typeof completenessSchema>;
export type Liquidation = z.infer<typeof liquidationSchema>;
export type LiquidationsMessage = z.infer<typeof liquidationsSchema>;

/**
 * What a newcomer is told.
 *
 * @param before what he would have been told before `message`.
 * @returns the newest `max`; null: there are none.
 */
export function recentLiquidations(
  before: LiquidationsMessage | null,
  message: LiquidationsMessage,
  max: number,
): LiquidationsMessage | null {
  const known = before?.epoch === message.epoch ? before : null;
  const all = [...(known?.data ?? []), ...message.data];
  const first = Math.max(all.length - max, 0);
  if (first === all.length) return null;
  const prev_seq = all[first - 1]?.seq ?? known?.prev_seq ?? message.prev_seq;
  return { ...message, prev_seq, recent: true, missed: 0, data: all.slice(first) };
}
