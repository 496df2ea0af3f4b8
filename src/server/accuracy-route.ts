/** `GET /accuracy.json`: how good the live picture was, of one symbol with its numbers, or how far all of them are. */
import { quoted } from '../protocol/server-message.ts';
import { TaskRefused } from '../workers/task-pool.ts';
import { type HttpAnswer, type HttpQuestion, jsonAnswer } from './http-answer.ts';
import { parametersOf } from './paths.ts';
import type { ServerViews } from './server-views.ts';

const retryAfterSeconds = 5;

export async function answerAccuracy(views: ServerViews, { target }: HttpQuestion): Promise<HttpAnswer> {
  const symbol = parametersOf(target).get('symbol') ?? undefined;
  try {
    const view = await views.accuracy(symbol);
    if (view !== null) return jsonAnswer(200, view);
    const valid = Object.keys(views.health().symbols).join(', ');
    const message = `Parameter 'symbol' must be one of ${valid}, not '${quoted(symbol ?? '')}'.`;
    return jsonAnswer(400, { code: 'INVALID_PARAMETER', message });
  } catch (error) {
    if (!(error instanceof TaskRefused)) throw error;
    const message = 'Too many scores are asked for at the moment. Try again later.';
    return jsonAnswer(503, { code: 'OVERLOADED', message }, { 'Retry-After': String(retryAfterSeconds) });
  }
}
