/** One complete answer to a request, apart from how it is sent. */

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Beside those that every answer has (`commonHeaders`). */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Every answer is about this moment, and is what it says it is. */
export const commonHeaders: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
};

export function jsonAnswer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, contentType: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n`, headers };
}

export function textAnswer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${text}\n`, headers };
}
