/** Everything on the clients' side of the frame channels: sockets, connection actors, plain HTTP. In this thread or in others. */
import type { AddressInfo } from 'node:net';
import type { SymbolFrame } from '../actors/symbol-frame.ts';
import type { SymbolNews } from '../actors/symbol-news.ts';
import type { ActorCensus } from '../metrics/actor-census.ts';
import type { ClientStage } from '../metrics/client-stages.ts';
import type { TallyCounts } from '../metrics/tally.ts';

/** Counts over all clients. */
export interface ClientTotals {
  readonly active: number;
  readonly slow: number;
  readonly sent: number;
  readonly sentLastMinute: number;
  readonly dropped: number;
  readonly deltasEncoded: number;
  /** To pictures, by symbol. */
  readonly subscriptions: Readonly<Record<string, number>>;
  /** To news, by channel. */
  readonly newsSubscriptions: Readonly<Record<string, number>>;
  /** Pictures and news sent. */
  readonly sentBySymbol: Readonly<Record<string, number>>;
  /** Times that a subscriber became slow. */
  readonly slowBySymbol: Readonly<Record<string, number>>;
  /** Upgrades that were answered with an HTTP status, by status and cause: "503 full". */
  readonly refusals: Readonly<Record<string, number>>;
  /** What became of clients that did not keep up, by `verdictName`. */
  readonly verdicts: Readonly<Record<string, number>>;
  readonly stages: Readonly<Record<ClientStage, TallyCounts>>;
  readonly loopLag: TallyCounts;
  /** Clients whose oldest unread frame is at least as old as each of `lagAges`. */
  readonly lagging: readonly number[];
  readonly actors: ActorCensus;
}

export interface ClientSide {
  /** @throws {ListenError} */
  listen(): Promise<AddressInfo>;
  totals(): Promise<ClientTotals>;
  /** Those of this thread. */
  census(): ActorCensus;
  /** From now on nobody is let in. */
  beginStopping(): void;
  /** Closes all clients. Resolves when they are gone. */
  sayGoodbye(): Promise<void>;
  /** Lets go of the port and of all that is still open. */
  stop(): Promise<void>;
  /** A picture of a tick is done; `undefined`: it shows what the one before shows. For those who keep copies of the channels. */
  settled(symbol: string, tick: number, frame: SymbolFrame | undefined): void;
  /** News have been told on their channel. As above. */
  told(news: SymbolNews): void;
  /** @param tell of the first write of each turn in which pictures were settled, in ms; not told by other threads. */
  whenWritten(tell: (at: number) => void): void;
}
