/**
 * JSON Web Tokens (RFC 7519), checked with `jose`: signature by a key of the set, issuer, audience, expiry. Only asymmetric
 * algorithms: nobody who can check a token here can make one.
 */
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { quoted } from '../../protocol/server-message.ts';
import { type AccessScope, accessScopes } from './grant.ts';

export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
}

export interface VerifiedToken {
  readonly subject: string;
  readonly scopes: readonly AccessScope[];
  /** ms since 1970, clocks that differ allowed for. */
  readonly expiresAt: number;
}

export type TokenVerdict =
  | { readonly ok: true; readonly token: VerifiedToken }
  | { readonly ok: false; readonly reason: string };

const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const clockToleranceSeconds = 5;
/** Of an answer from the address of the keys; they are fetched again no sooner than the cooldown, and kept for the age. */
const remoteKeys = { timeoutDuration: 3000, cooldownDuration: 30_000, cacheMaxAge: 600_000 };

/** @throws {Error} when it is no set of public keys. */
export function localKeys(text: string): JWTVerifyGetKey {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error('it is not JSON; it must be a JSON Web Key Set, {"keys":[…]}');
  }
  return createLocalJWKSet(json as JSONWebKeySet);
}

export function keysFrom(address: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(address), remoteKeys);
}

export async function verifyToken(
  token: string,
  keys: JWTVerifyGetKey,
  { issuer, audience }: TokenRules,
  now: number,
): Promise<TokenVerdict> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(now),
    });
    const subject = quoted(String(payload.sub));
    return {
      ok: true,
      token: { subject, scopes: scopesOf(payload.scope), expiresAt: (payload.exp! + clockToleranceSeconds) * 1000 },
    };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

/** Words of the claim `scope` that mean something here; a token without the claim may do everything. */
function scopesOf(claim: unknown): readonly AccessScope[] {
  if (claim === undefined) return accessScopes;
  const words = String(claim).split(' ');
  return accessScopes.filter((scope) => words.includes(scope));
}

/** What `jose` says of a claim names the claim and not its value. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed)
    return `the token's claim '${error.claim}' is not accepted here`;
  if (error instanceof errors.JWKSTimeout) return 'the keys that check tokens cannot be had at the moment';
  if (error instanceof errors.JOSEError) return 'the token is not signed by a key that is known here';
  return 'the keys that check tokens cannot be had at the moment';
}
