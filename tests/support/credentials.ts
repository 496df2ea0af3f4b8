/** API keys and tokens as an operator would make them, in files of a test's own directory. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export const issuer = 'https://identity.test';
export const audience = 'heatline-test';

export const sha256Of = (key: string) => createHash('sha256').update(key).digest('hex');

export interface KeyLine {
  readonly name: string;
  readonly sha256: string;
  readonly scopes?: readonly string[];
  readonly max_connections?: number;
  readonly messages_per_second?: number;
}

/** @returns the path. */
export function writeKeys(directory: string, keys: readonly KeyLine[]): string {
  const path = join(directory, 'keys.json');
  writeFileSync(path, JSON.stringify({ keys }));
  return path;
}

/** An issuer with one key pair. */
export class TokenIssuer {
  readonly #privateKey: CryptoKey;
  readonly jwk: JWK;

  private constructor(privateKey: CryptoKey, jwk: JWK) {
    this.#privateKey = privateKey;
    this.jwk = jwk;
  }

  static async made(kid = 'first'): Promise<TokenIssuer> {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    return new TokenIssuer(privateKey, { ...(await exportJWK(publicKey)), kid, alg: 'ES256' });
  }

  /** @returns the path. */
  writeJwks(directory: string, keys: readonly JWK[] = [this.jwk]): string {
    const path = join(directory, 'jwks.json');
    writeFileSync(path, JSON.stringify({ keys }));
    return path;
  }

  /** @param expiresAt s since 1970; an hour from now unless given. */
  token(claims: Record<string, unknown> = {}, expiresAt = Math.floor(Date.now() / 1000) + 3600): Promise<string> {
    return new SignJWT({ iss: issuer, aud: audience, sub: 'alice', exp: expiresAt, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: this.jwk.kid! })
      .sign(this.#privateKey);
  }
}
