/**
 * One venue as a whole: its links, a line for each symbol, what fills and what polls. Told to start, it goes on by itself until it is
 * told to stop; what it has learned is taken from it in order.
 */
import type { MarginTiersObservation, Observation, SymbolObservation } from '../../market/event.ts';
import type { VenueName } from '../../market/venues.ts';
import type { VenuePoint } from '../feed.ts';
import type { FeedClock } from '../pace.ts';
import type { DecodedFrame } from './decoded-frame.ts';
import { FrameError } from './frame-error.ts';
import { learnInstruments } from './learn-instruments.ts';
import { MarginTierBoard } from './margin-tier-board.ts';
import { pollMarginTiers } from './margin-tier-poller.ts';
import { measureClock } from './measure-clock.ts';
import { pollOpenInterest } from './open-interest-poller.ts';
import { type LineCounts, SymbolLine } from './symbol-line.ts';
import { TradeFiller } from './trade-filler.ts';
import type { Venue } from './venue.ts';
import { type LinkTiming, VenueLink } from './venue-link.ts';
import { VenueQuality } from './venue-quality.ts';
import type { OpenVenueSocket, VenueGet } from './venue-socket.ts';
import { WeightBudget } from './weight-budget.ts';

export interface VenueDeskOptions {
  readonly venue: Venue;
  readonly socketUrl: string;
  readonly restUrl: string;
  readonly symbols: readonly string[];
  readonly openSocket: OpenVenueSocket;
  readonly get: VenueGet;
  readonly clock: FeedClock;
  /** Evenly within [0, 1). */
  readonly random: () => number;
  readonly timing: LinkTiming;
  readonly line: { readonly windowMs: number; readonly maxHeld: number };
  readonly fillTimeoutMs: number;
  readonly openInterestEveryMs: number;
  readonly observer: VenueObserver;
}

export interface VenueObserver {
  /** Whatever was received, before it is read. */
  received(venue: VenueName, text: string): void;
  observed(venue: VenueName, observation: SymbolObservation): void;
  frameFailed(venue: VenueName, error: FrameError): void;
  interrupted(venue: VenueName, symbols: readonly string[], reason: string): void;
  live(venue: VenueName, symbols: readonly string[]): void;
  requestFailed(venue: VenueName, what: string, error: unknown): void;
}

/** Between the openings of two links; OKX takes three a second. */
const openEveryMs = 400;
/** A link's lines are suspected of lacking something at most this often. */
const suspectEveryMs = 5000;

export class VenueDesk {
  readonly quality = new VenueQuality();
  readonly #options: VenueDeskOptions;
  #links: readonly VenueLink[] = [];
  readonly #lines = new Map<string, SymbolLine>();
  readonly #activity = new Map<string, number>();
  /** When it was told last, by our clock in ms. */
  readonly #openInterestAt = new Map<string, number>();
  readonly #suspectedAt = new Map<readonly string[], number>();
  readonly #budget: WeightBudget;
  readonly #abort = new AbortController();
  readonly #filler: TradeFiller;
  readonly #marginTiers = new MarginTierBoard();

  /** @param resume by symbol, without the venue. */
  constructor(options: VenueDeskOptions, resume: ReadonlyMap<string, VenuePoint>) {
    this.#options = options;
    const { venue, symbols, line, clock } = options;
    this.#budget = new WeightBudget(venue.weight);
    this.#filler = new TradeFiller({
      venue,
      baseUrl: options.restUrl,
      get: options.get,
      budget: this.#budget,
      clock,
      signal: this.#abort.signal,
      timeoutMs: options.fillTimeoutMs,
      answered: (symbol, question, page) => this.#lines.get(symbol)!.filled(question, page, clock.now()),
      failed: (symbol, error) => this.#requestFailed(`trades of ${symbol}`, error),
    });
    for (const symbol of symbols) {
      const fill = (afterId: number, question: number) => this.#filler.fill(symbol, afterId, question);
      this.#lines.set(symbol, new SymbolLine({ venue, ...line, resume: resume.get(symbol), fill }));
    }
  }

  get name(): VenueName {
    return this.#options.venue.name;
  }

  get liquidations(): Venue['liquidations'] {
    return this.#options.venue.liquidations;
  }

  /** Links that deliver, and links in all; one that is not open yet lacks too. */
  get links(): { readonly live: number; readonly all: number; readonly connects: number } {
    const connects = this.#links.reduce((sum, link) => sum + link.connects, 0);
    return { live: this.#links.filter(({ isLive }) => isLive).length, all: Math.max(this.#links.length, 1), connects };
  }

  /** Of all lines together. */
  get counts(): LineCounts & { readonly held: number } {
    const sum = { duplicates: 0, late: 0, gapsFound: 0, gapsFilled: 0, overflowed: 0, held: 0 };
    for (const line of this.#lines.values()) {
      for (const [name, count] of Object.entries(line.counts)) sum[name as keyof LineCounts] += count;
      sum.held += line.held;
    }
    return sum;
  }

  /** Of the symbol whose newest open interest is the oldest, in ms by our clock; NaN before the first. */
  get openInterestAgeMs(): number {
    if (this.#openInterestAt.size === 0) return Number.NaN;
    return this.#options.clock.now() - Math.min(...this.#openInterestAt.values());
  }

  start(): void {
    const { venue, symbols, restUrl, get, clock, openInterestEveryMs } = this.#options;
    if (venue.instruments === null) this.#openLinks(symbols);
    else void this.#learn(venue.instruments);
    const asking = { baseUrl: restUrl, symbols, get, budget: this.#budget, clock, signal: this.#abort.signal };
    void measureClock({
      ...asking,
      venue,
      measured: (skewMs) => {
        this.quality.skewMs = skewMs;
      },
      failed: (error) => this.#requestFailed('time', error),
    });
    if (venue.openInterest !== null) {
      void pollOpenInterest({
        ...asking,
        venue,
        source: venue.openInterest,
        everyMs: openInterestEveryMs,
        activityOf: (symbol) => this.#activity.get(symbol) ?? 0,
        observed: (symbol, observation) => this.#accept({ symbol, observation }),
        failed: (symbol, error) => this.#requestFailed(`open interest of ${symbol}`, error),
      });
    }
    if (venue.marginTiers !== null) {
      void pollMarginTiers({
        ...asking,
        source: venue.marginTiers,
        observed: (symbol, observation) => this.#marginTiers.put(symbol, observation),
        failed: (symbol, error) => {
          if (error instanceof FrameError && error.code === 'bad_tiers') this.#refused(error);
          else this.#requestFailed(`margin tiers of ${symbol}`, error);
        },
      });
    }
  }

  stop(): void {
    this.#abort.abort();
    for (const link of this.#links) link.stop();
  }

  /** What may go on now, symbol by symbol, each in its order. */
  take(now: number, give: (symbol: string, observation: Observation) => void): void {
    for (const [symbol, line] of this.#lines) {
      // Of hundreds of symbols most have nothing to say at most moments.
      if (line.isIdle) continue;
      for (const observation of line.take(now)) give(symbol, observation);
    }
  }

  /** Margin tiers that changed since they were taken last, or were told for the first time since the start; a whole table each. */
  takeMarginTiers(give: (symbol: string, observation: MarginTiersObservation) => void): void {
    this.#marginTiers.take(give);
  }

  #openLinks(symbols: readonly string[]): void {
    const { symbolsPerConnection: most } = this.#options.venue;
    this.#links = Array.from({ length: Math.ceil(symbols.length / most) }, (_, i) =>
      this.#link(i === 0, symbols.slice(i * most, (i + 1) * most)),
    );
    for (const [i, link] of this.#links.entries()) link.start(i * openEveryMs);
  }

  async #learn(instruments: NonNullable<Venue['instruments']>): Promise<void> {
    const { venue, symbols, restUrl: baseUrl, get, clock } = this.#options;
    const failed = (what: string, error: unknown) => this.#requestFailed(what, error);
    const asking = { baseUrl, get, budget: this.#budget, clock, signal: this.#abort.signal };
    this.#openLinks(await learnInstruments({ ...asking, venue, symbols, instruments, failed }));
  }

  #link(isFirst: boolean, symbols: readonly string[]): VenueLink {
    const { venue, socketUrl, openSocket, clock, random, timing, observer } = this.#options;
    const lines = () => symbols.map((symbol) => this.#lines.get(symbol)!);
    return new VenueLink({
      venue,
      url: socketUrl + venue.path,
      symbols,
      isFirst,
      openSocket,
      clock,
      random,
      timing,
      events: {
        frame: (frame, text) => this.#frame(frame, text, symbols),
        interrupted: (reason) => {
          this.quality.interruptions++;
          for (const line of lines()) line.interrupted();
          observer.interrupted(venue.name, symbols, reason);
        },
        live: () => {
          for (const line of lines()) line.live(clock.now());
          observer.live(venue.name, symbols);
        },
      },
    });
  }

  #frame(frame: DecodedFrame, text: string, symbols: readonly string[]): void {
    const { observer } = this.#options;
    observer.received(this.name, text);
    this.quality.frames++;
    switch (frame.outcome) {
      case 'market':
        // What is asked for over HTTP says nothing of the stream.
        if (frame.observations.length > 0) this.quality.lastEventAt = this.#options.clock.now();
        for (const observation of frame.observations) this.#accept(observation);
        for (const error of frame.errors) this.#failed(error, symbols);
        return;
      case 'margin_tiers':
        if (this.#lines.has(frame.symbol)) this.#marginTiers.put(frame.symbol, frame.observation);
        return;
      case 'bad_margin_tiers':
        this.#refused(frame.error);
        return;
      case 'bad':
        this.#failed(frame.error, symbols);
        return;
      case 'unused':
        this.quality.unused++;
        return;
      case 'answer':
      case 'pong':
        return;
      default:
        frame satisfies never;
    }
  }

  #accept(told: SymbolObservation): void {
    const line = this.#lines.get(told.symbol);
    if (line === undefined) return;
    const now = this.#options.clock.now();
    line.accept(told.observation, now);
    if (told.observation.kind === 'open_interest') this.#openInterestAt.set(told.symbol, now);
    if (told.observation.kind === 'trade') {
      const { price, quantity } = told.observation;
      this.#activity.set(told.symbol, (this.#activity.get(told.symbol) ?? 0) + price * quantity);
    }
    this.#options.observer.observed(this.name, told);
  }

  /** Whose it was cannot be told: any symbol of the link may lack it. */
  #failed(error: FrameError, symbols: readonly string[]): void {
    this.#refused(error);
    const now = this.#options.clock.now();
    if (now - (this.#suspectedAt.get(symbols) ?? Number.NEGATIVE_INFINITY) < suspectEveryMs) return;
    this.#suspectedAt.set(symbols, now);
    for (const symbol of symbols) this.#lines.get(symbol)!.suspect(now);
  }

  #refused(error: FrameError): void {
    this.quality.failed(error.code);
    this.#options.observer.frameFailed(this.name, error);
  }

  #requestFailed(what: string, error: unknown): void {
    this.quality.requestsFailed++;
    this.#options.observer.requestFailed(this.name, what, error);
  }
}
