/**
 * Keeps some symbols of a venue connected for ever. Before the venue cuts a connection for its age a second one is opened, and the
 * first is let go only when the second has delivered for a while: what both deliver is the same facts twice, which the lines
 * know. After an unforeseen end it waits longer from try to try, each time a random part of the bound.
 */
import type { FeedClock } from '../pace.ts';
import type { DecodedFrame } from './decoded-frame.ts';
import { type Backoff, reconnectDelayMs } from './reconnect-delay.ts';
import type { Venue } from './venue.ts';
import { VenueConnection } from './venue-connection.ts';
import type { OpenVenueSocket } from './venue-socket.ts';

export interface VenueLinkEvents {
  frame(frame: DecodedFrame, text: string): void;
  /** From here on something may be missing. */
  interrupted(reason: string): void;
  /** Every stream is delivered again, or for the first time. */
  live(): void;
}

export interface LinkTiming {
  /** Age at which a connection gets its successor. */
  readonly renewAfterMs: number;
  /** Both deliver for this long. */
  readonly overlapMs: number;
  readonly backoff: Backoff;
}

export interface VenueLinkOptions {
  readonly venue: Venue;
  readonly url: string;
  readonly symbols: readonly string[];
  /** Of the venue's links: it asks too for what one stream tells of all symbols. */
  readonly isFirst: boolean;
  readonly openSocket: OpenVenueSocket;
  readonly clock: FeedClock;
  /** Evenly within [0, 1). */
  readonly random: () => number;
  readonly timing: LinkTiming;
  readonly events: VenueLinkEvents;
}

export class VenueLink {
  readonly #options: VenueLinkOptions;
  #current: VenueConnection | null = null;
  #successor: VenueConnection | null = null;
  #isSuccessorLive = false;
  #timer: unknown = null;
  #failures = 0;
  #isLive = false;
  #connects = 0;

  constructor(options: VenueLinkOptions) {
    this.#options = options;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  get symbols(): readonly string[] {
    return this.#options.symbols;
  }

  /** Connections opened so far. */
  get connects(): number {
    return this.#connects;
  }

  /** @param afterMs so that many links do not open at once. */
  start(afterMs: number): void {
    this.#later(afterMs, () => this.#connect());
  }

  stop(): void {
    this.#options.clock.clearTimer(this.#timer);
    this.#current?.close();
    this.#successor?.close();
    this.#current = null;
    this.#successor = null;
    this.#isSuccessorLive = false;
    this.#isLive = false;
  }

  #connect(): void {
    this.#current = this.#open(
      () => this.#becameLive(),
      (reason) => this.#lost(reason),
    );
  }

  #becameLive(): void {
    this.#isLive = true;
    this.#failures = 0;
    this.#options.events.live();
    this.#later(this.#options.timing.renewAfterMs, () => this.#renew());
  }

  #lost(reason: string): void {
    if (this.#isSuccessorLive) {
      // It has delivered everything since before this end.
      this.#succeed();
      return;
    }
    this.#current = null;
    this.#successor?.close();
    this.#successor = null;
    if (this.#isLive) this.#options.events.interrupted(reason);
    this.#isLive = false;
    const { timing, random } = this.#options;
    this.#later(reconnectDelayMs(this.#failures++, timing.backoff, random), () => this.#connect());
  }

  #renew(): void {
    this.#successor = this.#open(
      () => {
        this.#isSuccessorLive = true;
        this.#later(this.#options.timing.overlapMs, () => this.#succeed());
      },
      () => {
        // The old one still delivers; it is tried again in a while.
        this.#successor = null;
        this.#isSuccessorLive = false;
        const { timing, random } = this.#options;
        this.#later(reconnectDelayMs(this.#failures++, timing.backoff, random), () => this.#renew());
      },
    );
  }

  #succeed(): void {
    this.#current?.close();
    this.#current = this.#successor;
    this.#successor = null;
    this.#isSuccessorLive = false;
    this.#failures = 0;
    this.#later(this.#options.timing.renewAfterMs, () => this.#renew());
  }

  #open(live: () => void, ended: (reason: string) => void): VenueConnection {
    this.#connects++;
    const { events } = this.#options;
    const connection: VenueConnection = new VenueConnection({
      ...this.#options,
      events: {
        live,
        frame: events.frame,
        // A successor that has taken over is lost like any other.
        ended: (reason) => (connection === this.#current ? this.#lost(reason) : ended(reason)),
      },
    });
    return connection;
  }

  #later(ms: number, callback: () => void): void {
    this.#options.clock.clearTimer(this.#timer);
    this.#timer = this.#options.clock.setTimer(callback, ms);
  }
}
