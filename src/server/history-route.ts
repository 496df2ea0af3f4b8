/** `GET /liquidations/heatmap-timeseries`: the question checked, the answer streamed, or not sent at all to whoever has it. */
import { parseHistoryQuery } from '../protocol/history-query.ts';
import type { HistoryRefusal } from './history-view.ts';
import { type HttpAnswer, type HttpQuestion, jsonAnswer } from './http-answer.ts';
import { parametersOf } from './paths.ts';
import type { ServerViews } from './server-views.ts';
import { isNamed } from './static-file.ts';

/** A year: as long as caches keep anything. */
const forever = 'public, max-age=31536000, immutable';
/** Kept, but asked about each time: the next complete picture is another answer. */
const asNow = 'no-cache';

export async function answerHistory(views: ServerViews, question: HttpQuestion): Promise<HttpAnswer> {
  const parsed = parseHistoryQuery(parametersOf(question.target));
  if (!parsed.ok) return jsonAnswer(400, { code: 'INVALID_PARAMETER', message: parsed.message });
  const history = views.history(parsed.query);
  if (history.outcome === 'refused') return refused(history);
  const headers = { ETag: history.etag, 'Cache-Control': history.isOver ? forever : asNow };
  if (isNamed(history.etag, question.ifNoneMatch)) return { status: 304, contentType: json, body: '', headers };
  if (question.method === 'HEAD') return { status: 200, contentType: json, body: '', headers };
  const read = await history.read();
  return 'outcome' in read ? refused(read) : { status: 200, contentType: json, body: read, headers };
}

function refused({ status, code, message, retryAfterSeconds }: HistoryRefusal): HttpAnswer {
  const headers = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  return jsonAnswer(status, { code, message }, headers);
}

const json = 'application/json; charset=utf-8';
