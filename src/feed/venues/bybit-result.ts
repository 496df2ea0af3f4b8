/** The answer of Bybit to a request: its result, and its time in ms. @throws {FrameError} for one that says it failed. */
import { FrameError } from './frame-error.ts';
import { type Fields, fieldsOf, parseFrame } from './frame-fields.ts';

export function bybitResult(body: string): { readonly result: Fields; readonly time: unknown } {
  const fields = fieldsOf(parseFrame(body), 'answer');
  if (fields.retCode === 0) return { result: fieldsOf(fields.result, 'result'), time: fields.time };
  throw new FrameError('bad_text', `retCode ${fields.retCode}: ${fields.retMsg}`);
}
