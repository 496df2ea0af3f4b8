/** Who a client is, as far as a connection actor has to do with it: a port that the server's access control implements. */
import type { TokenBucket, TokenBucketLimits } from './token-bucket.ts';

/** A bucket that several connections take from. */
export interface SharedBucket {
  readonly bucket: TokenBucket;
  readonly limits: TokenBucketLimits;
}

export type AuthenticationAnswer =
  /** @property expiresAt ms since 1970; null: never. */
  | { readonly outcome: 'authenticated'; readonly expiresAt: number | null }
  | { readonly outcome: 'refused'; readonly reason: string };

export interface ClientSession {
  /** Null: only the connection's own limit counts. */
  readonly messageBucket: SharedBucket | null;
  /** A new credential in place of the one that the connection was opened with. Never rejects. */
  authenticate(token: string): Promise<AuthenticationAnswer>;
}
