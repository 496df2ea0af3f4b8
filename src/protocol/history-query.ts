/** What may be asked of the past (`GET /liquidations/heatmap-timeseries`): the query's schema, and errors that name the value. */
import { z } from 'zod';
import { allLeverageBands, leverageBandBounds, leverageBandNames } from '../market/leverage-bands.ts';
import { maxTimeMs } from '../market/value-bounds.ts';
import { venueNames } from '../market/venues.ts';
import { quoted } from './server-message.ts';

/** ms by name. */
export const historyIntervals = {
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
} as const;
export type HistoryInterval = keyof typeof historyIntervals;

const intervalNames = Object.keys(historyIntervals) as [HistoryInterval, ...HistoryInterval[]];

const moment = z
  .string()
  .transform((text) => (/^\d+$/.test(text) ? Number(text) : Date.parse(text)))
  .refine((ms) => ms >= 0 && ms <= maxTimeMs, {
    error: 'must be a moment: ISO 8601 such as 2025-06-13T00:00:00Z, or ms since 1970',
  });

const leverage = z
  .string()
  .transform((text) => text.split(',').reduce((mask, part) => mask | bandsOf(part.trim()), 0))
  .refine((mask) => mask > 0, {
    error: `must be leverage bands separated by commas, out of ${leverageBandNames.join(', ')}`,
  });

export const historyQuerySchema = z.strictObject({
  symbol: z.string({ error: 'is missing: name one of the symbols' }).describe('one of the symbols served'),
  venue: z
    .enum(venueNames, { error: `must be one of ${venueNames.join(', ')}` })
    .optional()
    .describe('only the book of this venue, as symbol=VENUE:SYMBOL; unless given all venues together'),
  start_time: moment.optional().describe('first moment; unless given 24 hours before the end'),
  end_time: moment.optional().describe('last moment; unless given that of the newest event'),
  interval: z
    .enum(intervalNames, { error: `must be one of ${intervalNames.join(', ')}` })
    .default('15m')
    .describe('from one picture to the next'),
  price_bin_size: z.coerce
    .number({ error: 'must be a number of USD' })
    .positive({ error: 'must be a number of USD above 0' })
    .optional()
    .describe("USD from one level to the next: a multiple of the symbol's level_step, which it is unless given"),
  leverage: leverage.default(allLeverageBands).describe('only positions opened with leverage of these bands'),
  limit: z.coerce
    .number({ error: 'must be a whole number of at least 1' })
    .int({ error: 'must be a whole number of at least 1' })
    .min(1, { error: 'must be a whole number of at least 1' })
    .optional()
    .describe('no more than so many pictures, the newest'),
  mode: z
    .enum(['snapshot', 'delta'], { error: "must be 'snapshot' or 'delta'" })
    .default('snapshot')
    .describe('delta: after the first picture only what changed, as on the socket'),
});

export type HistoryQuery = z.output<typeof historyQuerySchema>;

export type ParsedHistoryQuery =
  | { readonly ok: true; readonly query: HistoryQuery }
  | { readonly ok: false; readonly message: string };

export function parseHistoryQuery(parameters: URLSearchParams): ParsedHistoryQuery {
  const names = [...parameters.keys()];
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) return invalid(`Parameter '${quoted(repeated)}' is given twice. Give it once.`);
  const unknown = names.find((name) => !Object.hasOwn(historyQuerySchema.shape, name));
  if (unknown !== undefined) {
    const known = Object.keys(historyQuerySchema.shape).join(', ');
    return invalid(`Parameter '${quoted(unknown)}' is not known. Known: ${known}`);
  }
  const parsed = historyQuerySchema.safeParse(Object.fromEntries(parameters));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const name = String(path[0]);
    const given = parameters.get(name);
    return invalid(`Parameter '${name}' ${message}${given === null ? '' : `, not '${quoted(given)}'`}.`);
  }
  const { start_time: start, end_time: end } = parsed.data;
  if (start !== undefined && end !== undefined && start > end) {
    return invalid("Parameter 'start_time' must not be after 'end_time'.");
  }
  return { ok: true, query: parsed.data };
}

/** A band by its name, or by a leverage within it ("20" is in "10-25x"). */
function bandsOf(part: string): number {
  const band = leverageBandNames.indexOf(part);
  if (band >= 0) return 1 << band;
  const number = /^(\d+)x?$/.exec(part);
  const place = number === null ? -1 : leverageBandBounds.findLastIndex((from) => Number(number[1]) >= from);
  return place < 0 ? 0 : 1 << place;
}

export function leverageNames(mask: number): string[] {
  return leverageBandNames.filter((_, band) => (mask & (1 << band)) !== 0);
}

function invalid(message: string): ParsedHistoryQuery {
  return { ok: false, message };
}
