/** What somebody who has shown a credential may do here, and for how long. */

/** `stream`: the WebSocket. `history`: the time series. `status`: health in full, statistics, metrics. */
export const accessScopes = ['stream', 'history', 'status'] as const;
export type AccessScope = (typeof accessScopes)[number];

export interface Grant {
  /** Of the key or of the token's subject, with its kind: two of one name share its limits. No secret. */
  readonly name: string;
  readonly scopes: readonly AccessScope[];
  /** ms since 1970; null: until it is revoked. */
  readonly expiresAt: number | null;
  /** Open at once, in each connection thread; 0: as many as of all. */
  readonly maxConnections: number;
  /** Of all its connections of a thread together; 0: only the limit of each connection. */
  readonly messagesPerSecond: number;
  /** By which it is looked up again when keys have changed; a key's own text is not kept. */
  readonly proof: Proof;
}

export type Proof =
  | { readonly kind: 'key'; readonly sha256: string }
  | { readonly kind: 'jwt'; readonly token: string };

export type AccessVerdict =
  | { readonly granted: true; readonly grant: Grant }
  /** @property reason one line without anything of the credential. */
  | { readonly granted: false; readonly reason: string };
