/** The file of API keys: who holds one, by its SHA-256, and what it allows. A key itself is nowhere but with its holder. */
import { z } from 'zod';
import { type AccessScope, accessScopes } from './grant.ts';

const maxNameCharacters = 64;

const keySchema = z.strictObject({
  name: z.string().min(1).max(maxNameCharacters),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: 'must be 64 hexadecimal digits in lower case' }),
  scopes: z.array(z.enum(accessScopes)).min(1).optional(),
  max_connections: z.int().min(1).optional(),
  messages_per_second: z.number().positive().optional(),
});

const fileSchema = z
  .strictObject({ keys: z.array(keySchema) })
  .refine(({ keys }) => new Set(keys.map(({ sha256 }) => sha256)).size === keys.length, {
    error: 'holds one sha256 twice',
    path: ['keys'],
  });

export interface AccessKey {
  readonly name: string;
  readonly scopes: readonly AccessScope[];
  /** Undefined: the setting's. */
  readonly maxConnections: number | undefined;
  readonly messagesPerSecond: number | undefined;
}

/** @returns keys by their SHA-256. @throws {Error} that says which field is wrong. */
export function parseAccessKeys(text: string): ReadonlyMap<string, AccessKey> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error('it is not JSON; it must be {"keys":[{"name":…,"sha256":…}]}');
  }
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new Error(`${path.length === 0 ? 'it' : `'${path.join('.')}'`}: ${message}`);
  }
  return new Map(
    parsed.data.keys.map(({ name, sha256, scopes = accessScopes, max_connections, messages_per_second }) => [
      sha256,
      { name, scopes, maxConnections: max_connections, messagesPerSecond: messages_per_second },
    ]),
  );
}
