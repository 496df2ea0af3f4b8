/**
 * The facts a book is folded from. An event is immutable, past tense, and carries the venue's own time.
 *
 * Units: `time` and `id` are numbers as the venue gave them (`time` in ms since 1970 UTC); prices in quote currency (USD);
 * quantities, volumes and open interest in contracts (base units). A field that was not measured is `null`, never 0.
 */

import type { MarginTier } from './margin-tiers.ts';
import type { VenueName } from './venues.ts';

/** `long` and `short` name the side of a position; a taker who buys is `buy`. */
export type PositionSide = 'long' | 'short';
export type TakerSide = 'buy' | 'sell';

/** Kinds whose absence can be told. */
export type CountedKind = 'trade' | 'candle' | 'mark_price' | 'open_interest' | 'liquidation';

type Fact =
  | {
      readonly kind: 'trade';
      readonly time: number;
      readonly id: number;
      readonly price: number;
      readonly quantity: number;
      readonly taker: TakerSide;
    }
  | {
      readonly kind: 'candle';
      /** Close of the interval in ms: the moment from which its content is known. */
      readonly time: number;
      /** Open time of the interval in ms. Rises from candle to candle of one stream. */
      readonly id: number;
      readonly open: number;
      readonly high: number;
      readonly low: number;
      readonly close: number;
      readonly volume: number;
      readonly takerBuyVolume: number | null;
    }
  | { readonly kind: 'mark_price'; readonly time: number; readonly id: number; readonly price: number }
  | { readonly kind: 'open_interest'; readonly time: number; readonly id: number; readonly contracts: number }
  | {
      readonly kind: 'liquidation';
      readonly time: number;
      readonly id: number;
      readonly price: number;
      readonly quantity: number;
      /** The side of the position that was closed, whatever the venue calls it. */
      readonly side: PositionSide;
    }
  /** What the source did not tell: `from` (inclusive) to `to` (exclusive), in the unit of `id` of the kind that is missing. */
  | {
      readonly kind: 'gap_detected';
      readonly time: number;
      readonly id: number;
      readonly from: number;
      readonly to: number;
      /** The kind that is missing; absent where a stream has only one whose ids count. */
      readonly of?: CountedKind;
    }
  /** From here on the book is folded with these parameters. `tiers` and `ladder` are versions (`margin-tiers.ts`, `leverage-ladder.ts`). */
  | {
      readonly kind: 'model_set';
      readonly time: number;
      readonly id: number;
      readonly tiers: number;
      readonly ladder: number;
      /** Share of the volume that opens and closes at once (market makers), 0–1. */
      readonly churn: number;
      /** Turnover half-life in ms, for streams without open interest. */
      readonly halfLifeMs: number;
    }
  /** One bracket of a venue's own table; the last of `count` puts the whole table into force. Units as in `margin-tiers.ts`. */
  | {
      readonly kind: 'margin_tier';
      readonly time: number;
      /** The same for all brackets of a table; rises from table to table. */
      readonly id: number;
      /** From 0. */
      readonly index: number;
      readonly count: number;
      readonly notionalCap: number;
      readonly maintenanceRate: number;
      readonly maintenanceAmount: number;
      readonly maxLeverage: number;
    };

/** A fact, and the venue that told it, where the source listens to venues. */
export type MarketEvent = Fact & { readonly venue?: VenueName | undefined };

export type EventKind = MarketEvent['kind'];

/** A venue's table of margin tiers as it is from `time` (ms) on. */
export interface MarginTiersObservation {
  readonly kind: 'margin_tiers';
  readonly time: number;
  readonly id: number;
  readonly tiers: readonly MarginTier[];
  readonly venue?: VenueName | undefined;
}

/** What a source says it saw, or knows that it missed. It becomes events only when `decide` accepts it. */
export type Observation = Extract<MarketEvent, { kind: CountedKind | 'gap_detected' }>;

/** All that a source may tell. */
export type Told = Observation | MarginTiersObservation;

/** An observation together with the symbol whose stream it belongs to. */
export interface SymbolObservation<O extends Told = Observation> {
  readonly symbol: string;
  readonly observation: O;
}
