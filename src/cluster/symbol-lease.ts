/**
 * Who writes a symbol's stream. A node asks for the lease again and again; while it holds it, that renews it. The token that comes with
 * the lease fences the log: whoever has an older one cannot write, however long it slept. So a lease that is thought to be held longer
 * than it was costs time, and never two histories.
 */
import { type FeedClock, waitUntil } from '../feed/pace.ts';
import type { RedisClient } from '../log/redis-client.ts';
import { leaseScript, releaseScript } from '../log/redis-scripts.ts';

export interface SymbolLeaseOptions {
  readonly client: RedisClient;
  readonly keys: { readonly lease: string; readonly state: string };
  /** Name of this node, of this process alone. */
  readonly node: string;
  /** A holder that does not renew for this long loses it. */
  readonly ttlMs: number;
  readonly clock: FeedClock;
  /** From now on this node writes, under this token. */
  readonly gained: (token: string) => void;
  /** It does not any more. */
  readonly lost: (reason: 'taken' | 'expired') => void;
}

/** Renewals within the time of a lease: all but one may fail. */
const renewalsPerTtl = 3;

export class SymbolLease {
  readonly #options: SymbolLeaseOptions;
  #token: string | null = null;
  #validUntil = 0;
  #pause = new AbortController();

  constructor(options: SymbolLeaseOptions) {
    this.#options = options;
  }

  /** Runs until the signal aborts; then call `release`. Rejects only with what `gained` or `lost` throw. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, ttlMs } = this.#options;
    signal.addEventListener('abort', () => this.hurry());
    while (!signal.aborted) {
      this.#pause = new AbortController();
      const askedAt = clock.now();
      await this.#ask(askedAt);
      if (!signal.aborted) await waitUntil(clock, askedAt + ttlMs / renewalsPerTtl, this.#pause.signal);
    }
  }

  /** It has become free, they say: asks at once. */
  hurry(): void {
    this.#pause.abort();
  }

  /** Lets another node have it at once. */
  async release(): Promise<void> {
    if (this.#token === null) return;
    this.#token = null;
    const { client, keys, node } = this.#options;
    // If it is not heard of, it ends by itself.
    await client.call('EVAL', releaseScript, 1, keys.lease, node).catch(() => {});
  }

  async #ask(askedAt: number): Promise<void> {
    const { client, keys, node, ttlMs, gained, clock } = this.#options;
    let answer: unknown;
    try {
      answer = await client.call('EVAL', leaseScript, 2, keys.lease, keys.state, node, ttlMs);
    } catch {
      if (clock.now() >= this.#validUntil) this.#lose('expired');
      return;
    }
    const [outcome, token] = answer as ['held' | 'taken' | 'foreign', string];
    if (outcome === 'foreign') {
      this.#lose('taken');
      return;
    }
    this.#validUntil = askedAt + ttlMs;
    if (token === this.#token) return;
    // It ran out and was taken again before anybody else did, or it is the first time.
    this.#lose('expired');
    this.#token = token;
    gained(token);
  }

  #lose(reason: 'taken' | 'expired'): void {
    if (this.#token === null) return;
    this.#token = null;
    this.#options.lost(reason);
  }
}
