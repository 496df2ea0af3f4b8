/** Settings of who may use the server. Unless one of the first two is set, everybody may. */
import { z } from 'zod';
import { optionalText, seconds, setting, whole } from './setting-kinds.ts';

export const accessSettings = {
  ACCESS_KEYS_FILE: optionalText(
    'File of API keys; with it or ACCESS_JWT_KEYS only holders of one are served, but for /health/live, /health/ready, the pages, scripts and documents, which stay open. Read again when it changes',
    'a JSON file {"keys":[{"name":…,"sha256":…}]}',
  ),
  ACCESS_JWT_KEYS: optionalText(
    'Public keys by which tokens are checked: a file, which is read again when it changes, or an address',
    'a JSON Web Key Set: a file, or an address that begins with https:// (http:// only on this machine)',
  ),
  ACCESS_JWT_ISSUER: optionalText('Issuer (iss) that tokens must have', 'text'),
  ACCESS_JWT_AUDIENCE: optionalText('Audience (aud) that tokens must have', 'text'),
  ACCESS_MAX_CONNECTIONS: whole({
    min: 0,
    max: 1e6,
    default: 0,
    doc: 'Clients of one key or token subject at once, for each connection thread, where its key names no max_connections; one more is answered 429; 0: as many as of all',
  }),
  ACCESS_MAX_MESSAGES_PER_SECOND: whole({
    min: 0,
    max: 1e6,
    default: 0,
    doc: 'Messages a second of all clients of one key or token subject, for each connection thread, where its key names no messages_per_second, and twice this at once; 0: only WS_MAX_MESSAGES_PER_SECOND of each client',
  }),
  ACCESS_EXPIRY_WARNING: seconds({
    min: 0,
    max: 86400,
    default: 60,
    doc: 'How long before its token expires a client is warned; 0: not at all',
  }),
  ADMIN_TOKEN: setting(z.string().regex(/^(\S{16,})?$/), {
    doc: 'Token of the administrator: with it there are /admin/connections, /admin/tap and /admin/log-level, for its holder alone; else there are none',
    default: '',
    allowed: 'at least 16 characters without spaces',
  }),
  ADMIN_MAX_TAPS: whole({
    min: 0,
    max: 64,
    default: 2,
    doc: 'Connections that are looked at at once (/admin/tap), for each connection thread; 0: none',
  }),
} as const;
