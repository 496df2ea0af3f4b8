/** What the server says to a client: the schemas behind types and documents, and the messages that need more than their fields. */
import { z } from 'zod';
import { type ChannelName, channelNames } from './channel-name.ts';
import { liquidationsSchema } from './liquidations-message.ts';
import { scoreSchema } from './score-message.ts';

const symbol = z.string();
const timestamp = z.iso.datetime().describe('ISO 8601, UTC');
const count = z.int().nonnegative();
const usd = z.number().nonnegative();
const expiresAt = timestamp.describe('when the credential of this connection expires');

export const levelSchema = z.object({
  price: z.number().nonnegative().describe('USD; levels ascend by price'),
  long_density: usd.describe('USD of longs that a fall to this price would close'),
  short_density: usd.describe('USD of shorts that a rise to this price would close'),
});

const picture = {
  symbol,
  timestamp: timestamp.describe('when the picture was made'),
  epoch: z.string().describe('this life of the event stream'),
  seq: count.describe('events of the stream that the picture holds'),
  market_time: timestamp.describe('exchange time of the newest of them'),
  checksum: z.int().min(0).max(0xffffffff).describe('CRC-32 of the level list'),
  stale: z.literal(true).optional().describe('there is newer data that the server cannot take in'),
};

const pictureData = {
  current_price: z.number().positive(),
  positions_created: count.describe("cohorts opened since the symbol's previous frame"),
  positions_consumed: count.describe("cohorts swept by price since the symbol's previous frame"),
  positions_created_total: count.describe('since the epoch began'),
  positions_consumed_total: count.describe('since the epoch began'),
};

export const snapshotSchema = z.object({
  type: z.literal('snapshot'),
  ...picture,
  data: z.object({ levels: z.array(levelSchema).describe('rows that are not zero'), ...pictureData }),
});

export const deltaSchema = z.object({
  type: z.literal('delta'),
  ...picture,
  prev_seq: count.describe('the picture that this one is made from; its counts are those since then'),
  data: z.object({
    scale: z
      .tuple([z.number().positive(), z.number().positive()])
      .describe('by which all longs and all shorts are multiplied'),
    rounding: z
      .string()
      .regex(/^[0-8]*$/)
      .describe('a digit a level of the picture before: 3 × (long + 1) + (short + 1), which are added after scaling'),
    levels: z
      .array(z.tuple([z.number().nonnegative(), usd, usd]))
      .describe('price, long_density, short_density of levels that are set; both densities 0: gone'),
    ...pictureData,
  }),
});

export const errorCodes = [
  'INVALID_SYMBOL',
  'INVALID_ACTION',
  'INVALID_MESSAGE',
  'RATE_LIMITED',
  'NOT_AUTHENTICATED',
  'SERVER_ERROR',
] as const;

export const errorSchema = z.object({ type: z.literal('error'), code: z.enum(errorCodes), message: z.string() });

export const warningSchema = z.object({
  type: z.literal('warning'),
  code: z.enum(['SLOW_CONSUMER', 'CONNECTION_UNSTABLE', 'CREDENTIAL_EXPIRES']),
  message: z.string(),
  dropped_messages: count.optional(),
  expires_at: expiresAt.optional(),
});

export const pongSchema = z.object({ type: z.literal('pong'), timestamp });

export const ackSchema = z.object({
  type: z.literal('ack'),
  id: z.union([z.string(), z.number()]),
  action: z.string(),
  symbols: z.array(symbol).describe('those that were accepted'),
  channels: z.array(z.enum(channelNames)).optional().describe('those that the message named'),
  expires_at: expiresAt.optional(),
});

export const replaySchema = z.object({
  type: z.literal('replay'),
  symbol,
  state: z.enum(['live', 'ended']).describe('live: the live pictures follow; ended: it has reached `to`'),
  seq: count.describe('of the last picture that was replayed'),
});

export const goawaySchema = z.object({ type: z.literal('goaway'), reconnect_after_ms: count });

export const serverMessageSchema = z.discriminatedUnion('type', [
  snapshotSchema,
  deltaSchema,
  liquidationsSchema,
  scoreSchema,
  errorSchema,
  warningSchema,
  pongSchema,
  ackSchema,
  replaySchema,
  goawaySchema,
]);

export type ServerMessage = z.infer<typeof serverMessageSchema>;
export type SnapshotMessage = z.infer<typeof snapshotSchema>;
export type DeltaMessage = z.infer<typeof deltaSchema>;
export type ErrorMessage = z.infer<typeof errorSchema>;
export type ErrorCode = ErrorMessage['code'];

/** A client's own words come back in errors, cut so that an answer is never larger than a sensible question. */
const quotedCharacters = 64;

export function quoted(text: string): string {
  return text.length <= quotedCharacters ? text : `${text.slice(0, quotedCharacters)}…`;
}

export function errorMessage(code: ErrorCode, message: string): ErrorMessage {
  return { type: 'error', code, message };
}

export function invalidSymbol(unknown: string, valid: readonly string[]): ErrorMessage {
  return errorMessage('INVALID_SYMBOL', `Symbol '${quoted(unknown)}' not supported. Valid: ${valid.join(', ')}`);
}

/** For people. */
export function unknownVenue(venue: string, valid: readonly string[]): string {
  const remedy = valid.length === 0 ? 'This source names no venues: leave venue out' : `Valid: ${valid.join(', ')}`;
  return `Venue '${quoted(venue)}' not supported. ${remedy}`;
}

export function pongMessage(now: number): ServerMessage {
  return { type: 'pong', timestamp: new Date(now).toISOString() };
}

/** @param reconnectAfterMs whole ms. */
export function goawayMessage(reconnectAfterMs: number): ServerMessage {
  return { type: 'goaway', reconnect_after_ms: reconnectAfterMs };
}

export function ackMessage(
  id: string | number,
  action: string,
  symbols: readonly string[],
  channels?: readonly ChannelName[],
): ServerMessage {
  return { type: 'ack', id, action, symbols: [...symbols], ...(channels && { channels: [...channels] }) };
}

export function slowConsumerWarning(droppedMessages: number): ServerMessage {
  return {
    type: 'warning',
    code: 'SLOW_CONSUMER',
    message: `You read too slowly: ${droppedMessages} older snapshots were replaced by newer ones. Subscribe to fewer symbols or a longer update_interval.`,
    dropped_messages: droppedMessages,
  };
}

export function unstableWarning(reconnects: number): ServerMessage {
  return {
    type: 'warning',
    code: 'CONNECTION_UNSTABLE',
    message: `Your connections were lost and opened again ${reconnects} times in a short while. Check the link, or subscribe to less.`,
  };
}

/** @param expiresAt ms since 1970. */
export function expiryWarning(expiresAt: number): ServerMessage {
  return {
    type: 'warning',
    code: 'CREDENTIAL_EXPIRES',
    message:
      'Your credential expires soon, and this connection with it. Send {"action":"authenticate","token":…} with a new one.',
    expires_at: new Date(expiresAt).toISOString(),
  };
}

/** @param expiresAt ms since 1970; null: never. */
export function authenticatedMessage(id: string | number, expiresAt: number | null): ServerMessage {
  const end = expiresAt === null ? {} : { expires_at: new Date(expiresAt).toISOString() };
  return { type: 'ack', id, action: 'authenticate', symbols: [], ...end };
}
