/**
 * Where a request carries its credential: `Authorization: Bearer …`, else the subprotocol `heatline.bearer.…` (a page cannot set
 * headers of a WebSocket), else the parameter `access_token`. And a target without it, for all that is logged or asked further on.
 */
import type { IncomingHttpHeaders } from 'node:http';

/** Answered to whoever offers it; a subprotocol with a credential never is. */
export const subprotocol = 'heatline';
const bearerPrefix = `${subprotocol}.bearer.`;
const parameter = 'access_token';

export function offeredProtocols(headers: IncomingHttpHeaders): string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
}

/** @returns null when none is given. */
export function credentialOf(headers: IncomingHttpHeaders, target: string): string | null {
  const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const offered = offeredProtocols(headers).find((name) => name.startsWith(bearerPrefix));
  if (offered !== undefined) return offered.slice(bearerPrefix.length);
  if (!target.includes(parameter)) return null;
  return new URLSearchParams(queryOf(target)).get(parameter);
}

/** The target as it may be logged and passed on. */
export function withoutCredential(target: string): string {
  const query = queryOf(target);
  if (query === '') return target;
  const kept = query.split('&').filter((pair) => !new URLSearchParams(pair).has(parameter));
  const path = target.slice(0, target.indexOf('?'));
  return kept.length === 0 ? path : `${path}?${kept.join('&')}`;
}

function queryOf(target: string): string {
  const start = target.indexOf('?');
  return start === -1 ? '' : target.slice(start + 1);
}

/** A client that is answered with no subprotocol, or with one it did not offer, hangs up: so the plain one must be among its offers. */
export function lacksPlainProtocol(headers: IncomingHttpHeaders): boolean {
  const offered = offeredProtocols(headers);
  return offered.some((name) => name.startsWith(bearerPrefix)) && !offered.includes(subprotocol);
}
