/** Zod schemas as JSON Schema (draft 2020-12), the dialect of OpenAPI 3.1 and AsyncAPI 3. */
import { z } from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** @param side what may be sent (`input`), or what is answered (`output`). */
export function jsonSchema(schema: z.ZodType, side: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: side,
    override: ({ jsonSchema: made }) => {
      // The format says it; the pattern of a moment is longer than all else.
      if (made.format === 'date-time') delete made.pattern;
      if (made.maximum === Number.MAX_SAFE_INTEGER) delete made.maximum;
    },
  });
  return rest as JsonSchema;
}
