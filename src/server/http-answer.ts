/** One complete answer to a request, apart from how it is sent; and what of a request an answer depends on. */

export interface HttpQuestion {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly ifNoneMatch: string | null;
}

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  /** Text, or bytes that come piece by piece: then they are sent as they come and as they are taken. */
  readonly body: string | AsyncIterable<Uint8Array>;
  /** In place of, and beside, those that every answer has (`commonHeaders`). */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Every answer is about this moment, is what it says it is, and is no page, unless it says so; nothing else learns who asked for it. */
export const commonHeaders: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
};

/** An answer that is there as a whole. */
export interface WholeAnswer extends HttpAnswer {
  readonly body: string;
}

export function jsonAnswer(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): WholeAnswer {
  return { status, contentType: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n`, headers };
}

export function textAnswer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): WholeAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${text}\n`, headers };
}

export const internalError = jsonAnswer(500, {
  code: 'SERVER_ERROR',
  message: 'The server failed to answer. Try again later.',
});
