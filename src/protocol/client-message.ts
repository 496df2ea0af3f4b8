/** What a client may say. Anything else gets an error that names what was wrong and what is allowed; nothing throws. */
import { z } from 'zod';
import { channelNames } from './channel-name.ts';
import { type ErrorMessage, errorMessage, quoted } from './server-message.ts';

export const maxSymbolsPerMessage = 10;
/** Unknown symbols of an unsubscribe are ignored, so it may name more; but not without end. */
const maxSymbolsPerUnsubscribe = 100;
/** Seconds. What lies outside is clamped. */
export const updateIntervalBounds = { min: 1, max: 60 } as const;
const maxIdCharacters = 64;
const maxEpochCharacters = 64;
/**
 * Far more than the longest message that means anything. A frame may be larger (`WS_MAX_MESSAGE_SIZE`), but parsing megabytes of
 * JSON would keep everyone else waiting.
 */
export const maxMessageCharacters = 65_536;

/**
 * The length is judged before the elements are: a message may hold millions of them, and each that is wrong would cost an issue.
 * What a message names twice counts once.
 */
function symbolsUpTo(max: number) {
  const error = `must be an array of 1 to ${max} strings`;
  return z
    .array(z.unknown(), { error })
    .min(1, { error })
    .max(max, { error })
    .meta({ items: { type: 'string' } })
    .pipe(z.array(z.string({ error: 'must be a string' })))
    .transform((names) => [...new Set(names)]);
}

const idError = `must be a number or a string of at most ${maxIdCharacters} characters`;
const id = z
  .union([z.string().max(maxIdCharacters, { error: idError }), z.number()], { error: idError })
  .describe('echoed in an ack')
  .optional();

const { min: minSeconds, max: maxSeconds } = updateIntervalBounds;

const updateInterval = z
  .number({ error: `must be a number of seconds; it is clamped to ${minSeconds}–${maxSeconds}` })
  .transform((seconds) => Math.min(Math.max(seconds, minSeconds), maxSeconds))
  .describe(`seconds, clamped to ${minSeconds}–${maxSeconds}`)
  .optional();

const pictureName = z.object(
  {
    epoch: z
      .string({ error: 'must be a string' })
      .max(maxEpochCharacters, { error: `must have at most ${maxEpochCharacters} characters` }),
    seq: z
      .int({ error: 'must be a whole number of at least 0' })
      .nonnegative({ error: 'must be a whole number of at least 0' }),
  },
  { error: 'must be {epoch, seq}, as the picture says that you have' },
);
const resume = z
  .record(z.string(), pictureName, { error: 'must be {SYMBOL: {epoch, seq}}' })
  .refine((pictures) => Object.keys(pictures).length <= maxSymbolsPerMessage, {
    error: `must name at most ${maxSymbolsPerMessage} symbols`,
  })
  .describe('pictures that the client has: the first delta begins with them, if they are still known')
  .optional();

const venue = z
  .string({ error: 'must be a string' })
  .max(maxIdCharacters, { error: `must have at most ${maxIdCharacters} characters` })
  .describe('only the books of this venue, as VENUE:SYMBOL names them too; unless given all venues together')
  .optional();
const channelsError = `must be an array of 1 to ${channelNames.length} of: ${channelNames.join(', ')}`;
const channels = z
  .array(z.enum(channelNames, { error: `must be one of: ${channelNames.join(', ')}` }), { error: channelsError })
  .min(1, { error: channelsError })
  .max(channelNames.length, { error: channelsError });

const subscribeSchema = z
  .object({
    action: z.literal('subscribe'),
    symbols: symbolsUpTo(maxSymbolsPerMessage),
    venue,
    update_interval: updateInterval,
    channels: channels.describe('what is wanted of them; heatmap unless given').optional(),
    mode: z.enum(['snapshot', 'delta'], { error: "must be 'snapshot' or 'delta'" }).optional(),
    resume,
    id,
  })
  .refine((message) => message.resume === undefined || message.mode === 'delta', {
    path: ['resume'],
    error: "needs mode 'delta': without it every picture comes whole",
  });

const unsubscribeSchema = z.object({
  action: z.literal('unsubscribe'),
  symbols: symbolsUpTo(maxSymbolsPerUnsubscribe),
  venue,
  channels: channels.describe('what is not wanted any more of them; everything unless given').optional(),
  id,
});

const pointError = 'must be a moment in ISO 8601 such as 2025-06-13T00:00:00Z, or a seq';
const point = z.union(
  [
    z
      .string()
      .transform((text) => ({ time: Date.parse(text) }))
      .refine(({ time }) => time >= 0, { error: pointError }),
    z
      .int()
      .nonnegative()
      .transform((seq) => ({ seq })),
  ],
  { error: pointError },
);
export const maxReplaySpeed = 1_000_000;
const speedError = `must be a number from 0 (as fast as your link takes it) to ${maxReplaySpeed}; 1 is real time`;

const replaySchema = z.object({
  action: z.literal('replay'),
  symbol: z.string({ error: 'must be a string' }),
  venue,
  from: point.describe('where it begins: ISO 8601, or a seq'),
  to: point.describe('where it ends; unless given it goes on with the live pictures').optional(),
  speed: z
    .number({ error: speedError })
    .min(0, { error: speedError })
    .max(maxReplaySpeed, { error: speedError })
    .default(1)
    .describe('1 is real time, 0 as fast as the link takes it'),
  update_interval: updateInterval.describe(
    `seconds from one picture to the next, clamped to ${minSeconds}–${maxSeconds}; with speed 0 seconds of market time`,
  ),
  id,
});

/** Longer than any token that fits into the headers of a handshake. */
const maxTokenCharacters = 16_384;
const tokenError = `must be a string of 1 to ${maxTokenCharacters} characters`;

const authenticateSchema = z.object({
  action: z.literal('authenticate'),
  token: z
    .string({ error: tokenError })
    .min(1, { error: tokenError })
    .max(maxTokenCharacters, { error: tokenError })
    .describe('a credential of the same name as the one that the connection was opened with'),
  id,
});

const pingSchema = z.object({ action: z.literal('ping') });

export const clientMessageSchemas = {
  subscribe: subscribeSchema,
  unsubscribe: unsubscribeSchema,
  replay: replaySchema,
  ping: pingSchema,
  authenticate: authenticateSchema,
};

export type ClientMessage = z.infer<(typeof clientMessageSchemas)[keyof typeof clientMessageSchemas]>;

export type ParsedMessage =
  | { readonly ok: true; readonly message: ClientMessage }
  | { readonly ok: false; readonly error: ErrorMessage };

const actions = Object.keys(clientMessageSchemas).join(', ');

export function parseClientMessage(text: string): ParsedMessage {
  if (text.length > maxMessageCharacters) {
    const limit = `at most ${maxMessageCharacters} are read`;
    return invalid('INVALID_MESSAGE', `The message has ${text.length} characters; ${limit}. Name fewer symbols.`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return invalid('INVALID_MESSAGE', 'The message is not JSON. Send one JSON object a frame.');
  }
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    return invalid('INVALID_MESSAGE', `The message must be a JSON object, not ${kindOf(json)}.`);
  }
  const action: unknown = Object.hasOwn(json, 'action') ? (json as { action: unknown }).action : undefined;
  if (action === undefined) return invalid('INVALID_ACTION', `The message has no action. Valid: ${actions}`);
  if (typeof action !== 'string') {
    return invalid('INVALID_ACTION', `The action must be a string, not ${kindOf(action)}. Valid: ${actions}`);
  }
  if (!isAction(action)) {
    return invalid('INVALID_ACTION', `Action '${quoted(action)}' is not offered by this server. Valid: ${actions}`);
  }
  const parsed = clientMessageSchemas[action].safeParse(json);
  if (parsed.success) return { ok: true, message: parsed.data };
  const issue = parsed.error.issues[0]!;
  return invalid('INVALID_MESSAGE', `Field '${issue.path.join('.')}' of ${action} ${issue.message}.`);
}

function isAction(action: string): action is keyof typeof clientMessageSchemas {
  return Object.hasOwn(clientMessageSchemas, action);
}

function invalid(code: 'INVALID_MESSAGE' | 'INVALID_ACTION', message: string): ParsedMessage {
  return { ok: false, error: errorMessage(code, message) };
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
