/**
 * Requests that Node's parser lets through and that another server on their way could read otherwise. They are refused and end their
 * connection: where two disagree about what a request is, the end of one can pass for the beginning of another.
 */
import type { IncomingMessage } from 'node:http';
import type { Refusal } from './upgrade-request.ts';

export function formRefusal({
  headers,
  rawHeaders,
  httpVersionMajor,
  httpVersionMinor,
}: IncomingMessage): Refusal | null {
  if (httpVersionMajor !== 1) return malformed('This server speaks HTTP/1.1.');
  // Of a header that may come once, Node keeps the first and drops the others unheard.
  const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length;
  if (hosts > 1) return malformed('The request names more than one Host.');
  const encoding = headers['transfer-encoding'];
  if (encoding !== undefined && (encoding.toLowerCase() !== 'chunked' || httpVersionMinor === 0)) {
    return malformed('The only Transfer-Encoding that is understood is chunked, in HTTP/1.1.');
  }
  return null;
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

function malformed(reason: string): Refusal {
  return { status: 400, cause: 'bad_handshake', reason };
}
