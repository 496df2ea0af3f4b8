/** Whether a request to upgrade is one that can be granted, before anybody is asked for a place. */
import type { IncomingMessage } from 'node:http';
import type { AdmissionCause } from '../actors/admission.ts';
import { quoted } from '../protocol/server-message.ts';
import { lacksPlainProtocol, subprotocol } from './access/credential.ts';
import { pathOf, paths } from './paths.ts';
import { formRefusal, hasBody } from './request-form.ts';

/** Why an upgrade was refused: log line and metric share the name. */
export type RefusalCause =
  | AdmissionCause
  | 'switched_off'
  | 'wrong_path'
  | 'wrong_method'
  | 'bad_handshake'
  | 'foreign_origin'
  | 'not_authenticated'
  | 'forbidden'
  | 'credential_full';

export interface Refusal {
  readonly status: number;
  readonly cause: RefusalCause;
  /** One line that says what to do. */
  readonly reason: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The only version of RFC 6455. The older version 8, which `ws` would take, carries the origin in another header and would walk
 * past the list of allowed origins.
 */
const webSocketVersion = '13';
/** 16 bytes in base64. */
const keyPattern = /^[+/0-9A-Za-z]{22}==$/;

/** @param allowedOrigins empty: all. A client without an `Origin` is no browser, and nobody else's page can make it connect. */
export function upgradeRefusal(request: IncomingMessage, allowedOrigins: readonly string[]): Refusal | null {
  const { method, url, headers, httpVersionMajor, httpVersionMinor } = request;
  const malformed = formRefusal(request);
  if (malformed !== null) return malformed;
  const path = pathOf(url ?? '');
  if (path !== paths.stream) {
    return {
      status: 404,
      cause: 'wrong_path',
      reason: `There is no WebSocket at '${quoted(path)}'. Connect to ${paths.stream}`,
    };
  }
  if (method !== 'GET') {
    return { status: 405, cause: 'wrong_method', reason: 'A WebSocket is opened with GET.', headers: { Allow: 'GET' } };
  }
  if (httpVersionMajor === 1 && httpVersionMinor < 1) {
    return { status: 400, cause: 'bad_handshake', reason: 'A WebSocket is opened with HTTP/1.1, not HTTP/1.0.' };
  }
  // Its bytes would be taken for frames.
  if (hasBody(request)) return { status: 400, cause: 'bad_handshake', reason: 'A WebSocket is opened without a body.' };
  if (headers.host === undefined)
    return { status: 400, cause: 'bad_handshake', reason: 'The request must name its Host.' };
  const version = headers['sec-websocket-version'];
  if (version !== webSocketVersion) {
    return {
      status: 400,
      cause: 'bad_handshake',
      reason: `Sec-WebSocket-Version must be ${webSocketVersion}, not ${version === undefined ? 'missing' : `'${quoted(version)}'`}.`,
      headers: { 'Sec-WebSocket-Version': webSocketVersion },
    };
  }
  const key = headers['sec-websocket-key'];
  if (key === undefined || !keyPattern.test(key)) {
    const given = key === undefined ? 'missing' : `'${quoted(key)}'`;
    return {
      status: 400,
      cause: 'bad_handshake',
      reason: `Sec-WebSocket-Key must be 16 random bytes in base64, not ${given}.`,
    };
  }
  if (lacksPlainProtocol(headers)) {
    const reason = `Offer the subprotocol '${subprotocol}' beside the one with the credential: it is the one that is answered.`;
    return { status: 400, cause: 'bad_handshake', reason };
  }
  const { origin } = headers;
  if (origin !== undefined && !isAllowed(origin, allowedOrigins)) {
    return {
      status: 403,
      cause: 'foreign_origin',
      reason: `Origin '${quoted(origin)}' may not connect. The operator allows origins with WS_ALLOWED_ORIGINS.`,
    };
  }
  return null;
}

function isAllowed(origin: string, allowedOrigins: readonly string[]): boolean {
  if (allowedOrigins.length === 0) return true;
  return allowedOrigins.some((allowed) => allowed.toLowerCase() === origin.toLowerCase());
}
