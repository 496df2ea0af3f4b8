/** Entries of a score ledger, made from a book that is frozen and from what happened then. */
import type { Model } from '../market/book.ts';
import type { SymbolBook } from '../market/symbol-book.ts';
import type { VenueName } from '../market/venues.ts';
import {
  curveDistances,
  type FrozenEntry,
  type NewEntry,
  type ScoredBook,
  type ScoredSide,
  type UnscoredReason,
} from '../protocol/ledger-entry.ts';
import type { Completeness } from '../protocol/liquidations-message.ts';
import { sealOf } from '../score/book-seal.ts';
import { type FrozenBook, foreseenUsd, sweptCurve } from '../score/frozen-book.ts';
import { groundOf, type KnownRange, withoutHole } from '../score/known-ground.ts';
import type { LivePath } from '../score/live-path.ts';

/** One book of a symbol in an interval that is under way. */
export interface WatchedBook {
  readonly venue: VenueName | null;
  /** Of the venue. */
  readonly code: number;
  readonly model: Model | null;
  readonly completeness: Completeness;
  readonly frozen: FrozenBook;
  readonly path: LivePath;
}

/** A book of an interval, and why it cannot be scored. */
export interface FailedBook {
  readonly venue: VenueName | null;
  readonly reason: UnscoredReason;
}

export interface Interval {
  readonly start: string;
  readonly end: string;
}

/** More digits say nothing of USD and prices. */
const digits = 12;
const rounded = (value: number) => Number(value.toPrecision(digits));

export function intervalOf(startMs: number, intervalMs: number): Interval {
  return { start: new Date(startMs).toISOString(), end: new Date(startMs + intervalMs).toISOString() };
}

/** @param book before the first event of the interval. */
export function frozenEntry(
  interval: Interval,
  epoch: string,
  book: SymbolBook,
  books: readonly WatchedBook[],
): NewEntry & { readonly kind: 'frozen' } {
  return {
    kind: 'frozen',
    ...interval,
    epoch,
    seq: book.version,
    ...sealOf(book),
    books: books.map(({ venue, model, frozen }) => ({
      venue,
      price: frozen.price,
      model: model && {
        tiers: model.tiers,
        ladder: model.ladder,
        churn: model.churn,
        half_life_ms: model.halfLifeMs,
      },
      long: sweptCurve(frozen, 'long', curveDistances).map(rounded),
      short: sweptCurve(frozen, 'short', curveDistances).map(rounded),
    })),
  };
}

/** @param seq of the market stream at the end of the interval. @param knownOf intervals before it that are known, by venue. */
export function scoredEntry(
  { start, end }: FrozenEntry,
  seq: number,
  books: readonly WatchedBook[],
  failed: readonly FailedBook[],
  knownOf: (venue: VenueName | null) => readonly KnownRange[],
): NewEntry {
  const startMs = Date.parse(start);
  return {
    kind: 'scored',
    start,
    end,
    seq,
    books: books.map((watched): ScoredBook => {
      const { venue, completeness, path } = watched;
      const known = withoutHole(knownOf(venue), startMs);
      const { open, high, low } = path;
      const range = { open, high, low };
      const [long, short] = [scoredSide('long', watched, startMs, known), scoredSide('short', watched, startMs, known)];
      return { venue, completeness, ...range, long, short };
    }),
    not_scored: [...failed],
  };
}

function scoredSide(
  side: 'long' | 'short',
  { frozen, path }: WatchedBook,
  startMs: number,
  known: readonly KnownRange[],
): ScoredSide {
  const isLong = side === 'long';
  const extreme = isLong ? path.low : path.high;
  const { depth, ageHours } = groundOf(isLong, extreme, startMs, known);
  return {
    predicted_usd: rounded(foreseenUsd(frozen, side, extreme)),
    liquidated_usd: rounded(isLong ? path.liquidatedLong : path.liquidatedShort),
    move: rounded(Math.abs(path.open - extreme) / path.open),
    excursion: rounded(path.excursion(isLong)),
    depth: depth === null ? null : rounded(depth / path.open),
    age_hours: ageHours,
  };
}
