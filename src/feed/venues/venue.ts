/** What differs from venue to venue: how its streams are asked for, kept alive and read, and how lost trades are asked for. */
import type { Observation } from '../../market/event.ts';
import type { VenueName } from '../../market/venues.ts';
import type { FrameDecoder } from './decoded-frame.ts';
import type { MarginBracket } from './margin-tier-table.ts';
import type { VenueHttpAnswer } from './venue-socket.ts';

/** A page of trades that were asked for. */
export interface TradePage {
  /** By id. */
  readonly trades: readonly Observation[];
  /** What was asked for may have a hole between its beginning and the first of `trades`. */
  readonly isCut: boolean;
  /** There are more behind the last one. */
  readonly hasMore: boolean;
}

/** What a venue lists at one moment. */
export interface SymbolList {
  /** USDT perpetuals that trade. */
  readonly listed: readonly {
    readonly symbol: string;
    /** USD, of one side; or what stands in for it, as the venue's file says. */
    readonly openInterest: number;
  }[];
  /** Names of those that are no symbol of ours, or whose entry could not be read. */
  readonly leftOut: readonly string[];
}

export interface MarginTierPage {
  /** Exchange time in ms. */
  readonly time: number;
  readonly brackets: readonly MarginBracket[];
  /** Asks for the next page; '' behind the last. */
  readonly cursor: string;
}

export interface Venue {
  readonly name: VenueName;
  /** Address behind the host, of the route that has our streams. */
  readonly path: string;
  readonly symbolsPerConnection: number;
  /**
   * Messages that ask for all streams of these symbols, and if `isFirst` for what one stream tells of all; each of a message's ids is
   * named by an answer.
   */
  subscribe(
    symbols: readonly string[],
    isFirst: boolean,
  ): readonly { readonly ids: readonly string[]; readonly text: string }[];
  /** Pause between two of our messages. */
  readonly messagePauseMs: number;
  newDecoder(): FrameDecoder;
  /** What we have to send to stay connected; `null` where the server pings. */
  readonly ping: { readonly text: string; readonly everyMs: number } | null;
  /** Longest silence of the market streams of a whole connection. */
  readonly silenceMs: number;
  /** Trade ids rise one by one, so a hole shows itself. */
  readonly isNumbered: boolean;
  /** Marks come this often, so a missing one shows itself; `null` where only changes are told. */
  readonly markEveryMs: number | null;
  /** Liquidations may be told this much later than they happened. */
  readonly liquidationLagMs: number;
  /** Whether all liquidations are told, or a sample. */
  readonly liquidations: 'complete' | 'sampled';
  /** Path and query of the trades behind `afterId`, from the oldest that the venue gives. */
  tradesPath(symbol: string, afterId: number): string;
  readonly tradesWeight: number;
  /** @throws {FrameError} */
  readTrades(symbol: string, afterId: number, answer: VenueHttpAnswer): TradePage;
  /** Open interest of a symbol by question; `null` where the streams tell it. */
  readonly openInterest: {
    path(symbol: string): string;
    readonly weight: number;
    /** @throws {FrameError} */
    read(answer: VenueHttpAnswer): Observation;
  } | null;
  /** Margin tiers of a symbol by question; `null` where a stream tells them, or nothing that is public. */
  readonly marginTiers: {
    /** @param cursor of the page before; '' for the first. */
    path(symbol: string, cursor: string): string;
    readonly weight: number;
    /** @throws {FrameError} */
    read(symbol: string, body: string): MarginTierPage;
  } | null;
  readonly listing: {
    readonly requests: readonly { readonly path: string; readonly weight: number }[];
    /** @param bodies one for each request. @throws {FrameError} */
    read(bodies: readonly string[]): SymbolList;
  };
  /** What has to be known before anything can be subscribed to; `null` where nothing has. */
  readonly instruments: {
    readonly path: string;
    readonly weight: number;
    /** @returns base units of one contract by symbol; others cannot be read. @throws {FrameError} */
    learn(answer: VenueHttpAnswer): ReadonlyMap<string, number>;
  } | null;
  readonly timePath: string;
  /** Exchange time in ms. @throws {FrameError} */
  readTime(answer: VenueHttpAnswer): number;
  readonly weight: {
    readonly limit: number;
    readonly windowMs: number;
    /** Header with what this address has used of the window. */
    readonly usedHeader: string | null;
  };
}
