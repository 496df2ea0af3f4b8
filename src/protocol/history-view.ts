/** What `GET /liquidations/heatmap-timeseries` answers, and how every plain HTTP refusal looks. */
import { z } from 'zod';
import { levelSchema } from './server-message.ts';

const count = z.int().nonnegative();
const usd = z.number().nonnegative();
const price = z.number().positive();

const moment = {
  timestamp: z.iso.datetime().describe('the picture holds every event with an exchange time up to it'),
  seq: count.describe('events of the stream that the picture holds'),
  current_price: price,
  open: price.describe('of the interval that ends here, like high and low'),
  high: price,
  low: price,
  positions_created: count.describe('cohorts opened in the interval'),
  positions_consumed: count.describe('cohorts swept by price in the interval'),
  checksum: z.int().min(0).max(0xffffffff).describe('CRC-32 of the level list, as on the socket'),
};

export const wholeMomentSchema = z.object({ ...moment, levels: z.array(levelSchema) });

export const changedMomentSchema = z.object({
  ...moment,
  scale: z.tuple([z.number().positive(), z.number().positive()]),
  rounding: z.string().regex(/^[0-8]*$/),
  levels: z.array(z.tuple([usd, usd, usd])).describe('price, long_density, short_density of levels that are set'),
});

export const historyAnswerSchema = z.object({
  data: z
    .array(z.union([changedMomentSchema, wholeMomentSchema]))
    .describe('one with `scale` is made from the one before it, as a delta on the socket; any other is whole'),
  meta: z.object({
    symbol: z.string(),
    epoch: z.string(),
    source: z.string(),
    simulated: z.boolean().describe('true: no number of this source was measured on a market'),
    mode: z.enum(['snapshot', 'delta']),
    interval: z.string(),
    interval_seconds: z.number().positive(),
    leverage: z.array(z.string()).describe('bands that are shown'),
    start_time: z.iso.datetime(),
    end_time: z.iso.datetime().describe('last moment that is over'),
    columns: count,
    first: z.iso.datetime().nullable(),
    last: z.iso.datetime().nullable(),
    seq: count,
    level_step: price.optional(),
    price_bin_size: price.optional(),
    observed_share: z.number().min(0).max(1).nullable().optional(),
    assumptions: z.array(z.string()).optional().describe('what the book rests on beside what was measured'),
  }),
});

export const refusalSchema = z.object({
  code: z.string(),
  message: z.string().describe('what is wrong, and what to do'),
});
