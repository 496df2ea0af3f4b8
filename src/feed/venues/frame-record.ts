/**
 * A recording of a venue's frames: a header, then what came, a line each. Frames are kept as they were received, so whatever a later
 * decoder makes of them is in them; the times are of the clock of who recorded, in ms since 1970.
 */
import { z } from 'zod';
import { venueNames } from '../../market/venues.ts';

export const frameHeaderSchema = z.object({
  format: z.literal('heatline frames 1'),
  venue: z.enum(venueNames),
  symbols: z.array(z.string()).min(1),
  /** Base units of one contract by symbol, of a venue that counts in contracts. */
  contracts: z.record(z.string(), z.number().positive()).optional(),
});

export const frameRecordSchema = z.union([
  z.object({ at: z.number(), frame: z.string() }),
  z.object({ at: z.number(), connection: z.enum(['live', 'interrupted']) }),
]);

export type FrameHeader = z.infer<typeof frameHeaderSchema>;
export type FrameRecord = z.infer<typeof frameRecordSchema>;

/** Recordings are told from candle files by this ending. */
export const frameFileEnding = '.frames.zst';
