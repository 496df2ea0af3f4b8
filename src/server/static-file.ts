/** Files that are the same for everybody: read when the server starts, named by their contents, sent once to whoever keeps them. */
import { createHash } from 'node:crypto';
import type { HttpAnswer, HttpQuestion } from './http-answer.ts';

export interface StaticFile {
  readonly contentType: string;
  readonly body: string;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function staticFile(
  contentType: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): StaticFile {
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return { contentType, body, etag: `"${digest}"`, headers };
}

/** Kept by whoever asks, and asked about each time: another version of the server has other files. */
export function answerStatic(file: StaticFile, { ifNoneMatch }: HttpQuestion): HttpAnswer {
  const { contentType, body, etag } = file;
  const headers = { ...file.headers, ETag: etag, 'Cache-Control': 'no-cache' };
  if (isNamed(etag, ifNoneMatch)) return { status: 304, contentType, body: '', headers };
  return { status: 200, contentType, body, headers };
}

/** RFC 9110, section 13.1.2: a list of tags, compared weakly, or any. */
export function isNamed(etag: string, ifNoneMatch: string | null): boolean {
  if (ifNoneMatch === null) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
