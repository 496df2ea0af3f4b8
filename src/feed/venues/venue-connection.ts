/**
 * One WebSocket to a venue, from opening to its end: subscribes at the venue's pace, keeps itself alive, and notices silence, be it
 * that of a dead line or of an address that connects and delivers nothing. It ends once, with a reason, and never comes back.
 */
import type { FeedClock } from '../pace.ts';
import type { DecodedFrame, FrameDecoder } from './decoded-frame.ts';
import type { Venue } from './venue.ts';
import type { OpenVenueSocket, VenueSocket } from './venue-socket.ts';

export interface VenueConnectionEvents {
  /** Every subscription was granted. */
  live(): void;
  frame(frame: DecodedFrame, text: string): void;
  /** Not told when we ended it ourselves. */
  ended(reason: string): void;
}

export interface VenueConnectionOptions {
  readonly venue: Venue;
  readonly url: string;
  readonly symbols: readonly string[];
  /** Whether it asks too for what one stream tells of all symbols. */
  readonly isFirst: boolean;
  readonly openSocket: OpenVenueSocket;
  readonly clock: FeedClock;
  readonly events: VenueConnectionEvents;
}

export class VenueConnection {
  readonly #options: VenueConnectionOptions;
  readonly #socket: VenueSocket;
  readonly #decode: FrameDecoder;
  readonly #unanswered = new Set<string>();
  readonly #timers = new Map<'silence' | 'ping' | 'send', unknown>();
  /** When market data came last, by our clock in ms. */
  #heardAt: number;
  #hasEnded = false;

  constructor(options: VenueConnectionOptions) {
    this.#options = options;
    this.#decode = options.venue.newDecoder();
    this.#heardAt = options.clock.now();
    this.#watchSilence(options.venue.silenceMs);
    this.#socket = options.openSocket(options.url, {
      opened: () => this.#opened(),
      message: (text) => this.#message(text),
      closed: (reason) => this.#end(`closed: ${reason}`),
    });
  }

  /** Lets go without a word. */
  close(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    for (const name of [...this.#timers.keys()]) this.#cancel(name);
    this.#socket.close();
  }

  #opened(): void {
    if (this.#hasEnded) return;
    const { venue, symbols, isFirst } = this.#options;
    const requests = venue.subscribe(symbols, isFirst);
    for (const { ids } of requests) for (const id of ids) this.#unanswered.add(id);
    this.#send(requests.map(({ text }) => text));
    this.#pingLater();
  }

  /** One message after another, with the venue's pause between them. */
  #send([first, ...rest]: readonly string[]): void {
    if (first === undefined) return;
    this.#socket.send(first);
    if (rest.length > 0) this.#after('send', this.#options.venue.messagePauseMs, () => this.#send(rest));
  }

  #pingLater(): void {
    const { ping } = this.#options.venue;
    if (ping === null) return;
    this.#after('ping', ping.everyMs, () => {
      this.#socket.send(ping.text);
      this.#pingLater();
    });
  }

  /** Looks again when it could be over, and not at each of thousands of frames. */
  #watchSilence(afterMs: number): void {
    const { venue, clock } = this.#options;
    const { silenceMs } = venue;
    this.#after('silence', afterMs, () => {
      const left = this.#heardAt + silenceMs - clock.now();
      if (left > 0) this.#watchSilence(left);
      else this.#end(`silent: no market data for ${silenceMs} ms`);
    });
  }

  #message(text: string): void {
    if (this.#hasEnded) return;
    const frame = this.#decode(text);
    if (frame.outcome === 'market') this.#heardAt = this.#options.clock.now();
    this.#options.events.frame(frame, text);
    if (frame.outcome === 'answer') this.#answered(frame);
  }

  #answered({ id, ok, message }: Extract<DecodedFrame, { outcome: 'answer' }>): void {
    // A refusal need not name what it refuses, and nothing but subscriptions is asked for.
    if (!ok && this.#unanswered.size > 0) this.#end(`subscription refused: ${message}`);
    else if (this.#unanswered.delete(id) && this.#unanswered.size === 0) this.#options.events.live();
  }

  #end(reason: string): void {
    if (this.#hasEnded) return;
    this.close();
    this.#options.events.ended(reason);
  }

  #after(name: 'silence' | 'ping' | 'send', ms: number, callback: () => void): void {
    this.#cancel(name);
    this.#timers.set(name, this.#options.clock.setTimer(callback, ms));
  }

  #cancel(name: 'silence' | 'ping' | 'send'): void {
    this.#options.clock.clearTimer(this.#timers.get(name));
    this.#timers.delete(name);
  }
}
