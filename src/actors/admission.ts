/**
 * Who may come in: pure policy over what is known of the total, of the address, of the pace of handshakes and of the event loop.
 *
 * It also knows who keeps coming back: an address whose connections were lost and opened again too often is to be warned.
 */
import type { Places } from './places.ts';
import { fullBucket, type TokenBucket, type TokenBucketLimits, takeToken } from './token-bucket.ts';

export interface AdmissionLimits {
  /** Of one address at once; 0: as many as of all. */
  readonly maxPerAddress: number;
  readonly handshakeRate: TokenBucketLimits;
  /** While the event loop was late by more than this at its last sweep, nobody new is taken on. */
  readonly maxLoopLagMs: number;
  /**
   * A refused client is told to wait up to this when it was the moment that was wrong, and from this to twice this when all is taken.
   * The time is random, so that not all come back at once.
   */
  readonly retryAfterSeconds: number;
  /** Reconnections of an address within `unstableWindowMs` after which it is warned. */
  readonly unstableReconnects: number;
  readonly unstableWindowMs: number;
}

/** What there was too much of, by a name that log line and metric share. */
export type AdmissionCause = 'address_full' | 'overloaded' | 'too_fast' | 'full' | 'shutting_down';

export type Admission =
  | { readonly admitted: true }
  | {
      readonly admitted: false;
      readonly cause: AdmissionCause;
      readonly reason: string;
      readonly retryAfterSeconds: number;
    };

interface Address {
  open: number;
  /** Connections that were lost and have not been opened again. */
  lost: number;
  /** When lost ones were opened again, oldest first. */
  readonly reconnectedAt: number[];
  touchedAt: number;
}

const admitted: Admission = { admitted: true };

export class Doorkeeper {
  readonly #limits: AdmissionLimits;
  readonly #places: Places;
  readonly #handshakes: TokenBucket;
  readonly #random: () => number;
  readonly #addresses = new Map<string, Address>();
  #loopLagMs = 0;
  #prunedAt: number;

  /** @param random from 0 to below 1. */
  constructor(limits: AdmissionLimits, places: Places, now: number, random: () => number) {
    this.#limits = limits;
    this.#places = places;
    this.#handshakes = fullBucket(limits.handshakeRate, now);
    this.#random = random;
    this.#prunedAt = now;
  }

  /** Who is admitted has taken a place, until it is `closed`. */
  admit(address: string, now: number): Admission {
    const { maxPerAddress, handshakeRate, maxLoopLagMs } = this.#limits;
    const own = this.#addresses.get(address)?.open ?? 0;
    if (maxPerAddress > 0 && own >= maxPerAddress) {
      return this.refused('address_full', `your address has ${own} connections, as many as one may`);
    }
    if (this.#loopLagMs > maxLoopLagMs) return this.#refusedNow('overloaded', 'the server is overloaded');
    if (!takeToken(this.#handshakes, handshakeRate, now))
      return this.#refusedNow('too_fast', 'too many clients connect at once');
    if (!this.#places.take()) return this.refused('full', `all ${this.#places.max} connections are taken`);
    return admitted;
  }

  /** With a time to wait from what the limits say to twice that. */
  refused(cause: AdmissionCause, reason: string): Admission {
    const { retryAfterSeconds } = this.#limits;
    const jitter = Math.floor(this.#random() * (retryAfterSeconds + 1));
    return { admitted: false, cause, reason, retryAfterSeconds: retryAfterSeconds + jitter };
  }

  /** @returns how often the address reconnected within the window, when that is too often; else 0. */
  opened(address: string, now: number): number {
    const { unstableReconnects, unstableWindowMs } = this.#limits;
    const known = this.#addressOf(address, now);
    known.open++;
    if (known.lost === 0) return 0;
    known.lost--;
    known.reconnectedAt.push(now);
    while (known.reconnectedAt[0]! <= now - unstableWindowMs) known.reconnectedAt.shift();
    const reconnects = known.reconnectedAt.length;
    // Many behind one address (a proxy) lose some connections all the time, and none of them is to blame.
    return reconnects >= Math.max(unstableReconnects, known.open) ? reconnects : 0;
  }

  /** @param isLost it ended without a goodbye, or was closed as too slow. */
  closed(address: string, isLost: boolean, now: number): void {
    const known = this.#addressOf(address, now);
    this.#places.free();
    known.open--;
    if (isLost) known.lost++;
  }

  /** Call now and then. @param loopLagMs how late the event loop came to it. */
  sweep(loopLagMs: number, now: number): void {
    this.#loopLagMs = loopLagMs;
    if (now < this.#prunedAt + this.#limits.unstableWindowMs / 4) return;
    this.#prunedAt = now;
    for (const [address, { open, touchedAt }] of this.#addresses) {
      // In the order in which they were last touched.
      if (touchedAt > now - this.#limits.unstableWindowMs) return;
      if (open === 0) this.#addresses.delete(address);
    }
  }

  #addressOf(address: string, now: number): Address {
    const known = this.#addresses.get(address) ?? { open: 0, lost: 0, reconnectedAt: [], touchedAt: now };
    known.touchedAt = now;
    this.#addresses.delete(address);
    this.#addresses.set(address, known);
    return known;
  }

  #refusedNow(cause: AdmissionCause, reason: string): Admission {
    const retryAfterSeconds = 1 + Math.floor(this.#random() * this.#limits.retryAfterSeconds);
    return { admitted: false, cause, reason, retryAfterSeconds };
  }
}
