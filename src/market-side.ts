/** Everything on the market's side of the frame channels: who writes each symbol, and what feeds it. */
import type { SymbolFrame } from './actors/symbol-frame.ts';
import type { Past } from './past.ts';
import type { StatsView } from './protocol/http-view.ts';

export interface MarketSide {
  /** Resolves when every symbol is there to be shown. @throws what a recovery failed of. */
  start(): Promise<void>;
  /** A symbol's actor has its book, for the first time or again. */
  recovered(symbol: string): void;
  /** A symbol's actor was given up. */
  givenUp(symbol: string, error: Error): void;
  /** A picture of a tick is done; `undefined`: it shows what the one before shows. */
  settled(symbol: string, tick: number, frame: SymbolFrame | undefined): void;
  /** null: there is nothing yet. */
  pastOf(symbol: string): Past | null;
  /** Counts of all servers that share the log. */
  stats(): Promise<StatsView>;
  /** Takes in nothing more. */
  endFeed(): Promise<void>;
  /** Resolves when what was taken in is committed. */
  finish(): Promise<void>;
}
