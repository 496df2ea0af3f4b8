/**
 * What a frame of a venue turned out to be. Nothing that a venue can send throws: a frame that cannot be read is an answer with
 * the error's name, and one bad entry among good ones costs only itself.
 */
import type { MarginTiersObservation, SymbolObservation } from '../../market/event.ts';
import type { FrameError } from './frame-error.ts';

export type DecodedFrame =
  /** Facts in the frame's own order. Symbols are the venue's names; `errors` are entries that could not be read. */
  | {
      readonly outcome: 'market';
      readonly observations: readonly SymbolObservation[];
      readonly errors: readonly FrameError[];
    }
  /** A symbol's whole table of margin tiers, checked. */
  | { readonly outcome: 'margin_tiers'; readonly symbol: string; readonly observation: MarginTiersObservation }
  /** A table that was refused: nothing of the market is lost with it, and the old one stays. */
  | { readonly outcome: 'bad_margin_tiers'; readonly error: FrameError }
  /** The answer to a request of ours; `id` as we gave it. */
  | { readonly outcome: 'answer'; readonly id: string; readonly ok: boolean; readonly message: string }
  | { readonly outcome: 'pong' }
  /** Whole and known or unknown: nothing a book is folded from. */
  | { readonly outcome: 'unused'; readonly topic: string }
  | { readonly outcome: 'bad'; readonly error: FrameError };

/** Has a memory of its own connection, so each connection gets a new one. */
export type FrameDecoder = (text: string) => DecodedFrame;
