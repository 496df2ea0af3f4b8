/** What somebody is told who has shown no credential, or one that is not enough (RFC 6750, section 3). */
import { quoted } from '../../protocol/server-message.ts';
import type { Refusal } from '../upgrade-request.ts';
import type { AccessScope, AccessVerdict } from './grant.ts';

const how =
  "Send it as 'Authorization: Bearer …', as the WebSocket subprotocol 'heatline.bearer.…' beside 'heatline', or as ?access_token=…";

/** @param verdict null: no credential was shown. @returns null when everything is there. */
export function missingGrant(verdict: AccessVerdict | null, scope: AccessScope): Refusal | null {
  if (verdict === null) return unauthenticated(`This needs a credential. ${how}`, '');
  if (!verdict.granted) return unauthenticated(`Not authenticated: ${verdict.reason}.`, ', error="invalid_token"');
  if (verdict.grant.scopes.includes(scope)) return null;
  return {
    status: 403,
    cause: 'forbidden',
    reason: `Your ${quoted(verdict.grant.name)} lacks the scope '${scope}'.`,
    headers: { 'WWW-Authenticate': `Bearer realm="heatline", error="insufficient_scope", scope="${scope}"` },
  };
}

function unauthenticated(reason: string, error: string): Refusal {
  return {
    status: 401,
    cause: 'not_authenticated',
    reason,
    headers: { 'WWW-Authenticate': `Bearer realm="heatline"${error}` },
  };
}
