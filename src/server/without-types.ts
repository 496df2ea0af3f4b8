/** TypeScript as the JavaScript that it is without its types. */
import { stripTypeScriptTypes } from 'node:module';

/** Node says of its function at every start that it may change; the pinned version does not. */
export function withoutTypes(code: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(code);
  } finally {
    process.emitWarning = emitWarning;
  }
}
