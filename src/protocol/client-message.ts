/** What a client may say. Anything else gets an error that names what was wrong and what is allowed; nothing throws. */
import { z } from 'zod';
import { type ErrorMessage, errorMessage, quoted } from './server-message.ts';

export const maxSymbolsPerMessage = 10;
/** Unknown symbols of an unsubscribe are ignored, so it may name more; but not without end. */
const maxSymbolsPerUnsubscribe = 100;
/** Seconds. What lies outside is clamped. */
export const updateIntervalBounds = { min: 1, max: 60 } as const;

const id = z
  .union([z.string().max(64), z.number()])
  .describe('echoed in an ack')
  .optional();
const symbols = z.array(z.string()).min(1);
const unique = (names: string[]) => [...new Set(names)];

/** Offered by later versions of the protocol: refused by name rather than passed over. */
const notOffered = (field: string) => z.undefined({ error: `'${field}' is not offered by this server` }).optional();

const subscribeSchema = z.object({
  action: z.literal('subscribe'),
  symbols: symbols.max(maxSymbolsPerMessage).transform(unique),
  update_interval: z
    .number()
    .transform((seconds) => Math.min(Math.max(seconds, updateIntervalBounds.min), updateIntervalBounds.max))
    .describe(`seconds, clamped to ${updateIntervalBounds.min}–${updateIntervalBounds.max}`)
    .optional(),
  mode: z.literal('snapshot', { error: "only 'snapshot' is offered by this server" }).optional(),
  resume: notOffered('resume'),
  id,
});

const unsubscribeSchema = z.object({
  action: z.literal('unsubscribe'),
  symbols: symbols.max(maxSymbolsPerUnsubscribe).transform(unique),
  id,
});

const pingSchema = z.object({ action: z.literal('ping'), id });

export const clientMessageSchemas = { subscribe: subscribeSchema, unsubscribe: unsubscribeSchema, ping: pingSchema };

export type ClientMessage = z.infer<(typeof clientMessageSchemas)[keyof typeof clientMessageSchemas]>;

export type ParsedMessage =
  | { readonly ok: true; readonly message: ClientMessage }
  | { readonly ok: false; readonly error: ErrorMessage };

const actions = Object.keys(clientMessageSchemas).join(', ');

export function parseClientMessage(text: string): ParsedMessage {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return invalid('INVALID_MESSAGE', 'The message is not JSON. Send one JSON object a frame.');
  }
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    return invalid('INVALID_MESSAGE', `The message must be a JSON object, not ${kindOf(json)}.`);
  }
  const action = 'action' in json ? json.action : undefined;
  if (typeof action !== 'string' || !Object.hasOwn(clientMessageSchemas, action)) {
    const given =
      typeof action === 'string' ? `'${quoted(action)}'` : action === undefined ? 'missing' : kindOf(action);
    return invalid('INVALID_ACTION', `Action ${given} is not known. Valid: ${actions}`);
  }
  const parsed = clientMessageSchemas[action as keyof typeof clientMessageSchemas].safeParse(json);
  if (parsed.success) return { ok: true, message: parsed.data };
  const [issue] = parsed.error.issues;
  const field = quoted(issue!.path.join('.'));
  return invalid('INVALID_MESSAGE', `Field '${field}' of ${action}: ${quoted(issue!.message)}`);
}

function invalid(code: 'INVALID_MESSAGE' | 'INVALID_ACTION', message: string): ParsedMessage {
  return { ok: false, error: errorMessage(code, message) };
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
