/** What of one symbol's ledger is shown: the intervals of the newest days, and where the chain ends. */
import type { PlacedEntry } from './log/ledger-chain.ts';
import type { LedgerEntry, ScoredSide, UnscoredReason } from './protocol/ledger-entry.ts';
import type { Completeness } from './protocol/liquidations-message.ts';
import type { LiveInterval, LiveSide } from './score/live-report.ts';

/** The scored intervals of one book of the symbol. */
export interface BoardBook {
  readonly venue: string | null;
  completeness: Completeness;
  readonly intervals: LiveInterval[];
}

const dayMs = 86_400_000;

export class ScoreBoard {
  readonly #intervalMs: number;
  readonly #windowMs: number;
  readonly #books = new Map<string | null, BoardBook>();
  #unscored: { readonly start: number; readonly reason: UnscoredReason }[] = [];
  #entries = 0;
  #head = '';

  constructor(intervalMs: number, windowDays: number) {
    this.#intervalMs = intervalMs;
    this.#windowMs = windowDays * dayMs;
  }

  /** Entries of the ledger so far. */
  get entries(): number {
    return this.#entries;
  }

  /** Hash of the newest; '' before the first. */
  get head(): string {
    return this.#head;
  }

  get books(): readonly BoardBook[] {
    return [...this.#books.values()];
  }

  get unscored(): Partial<Record<UnscoredReason, number>> {
    const counts: Partial<Record<UnscoredReason, number>> = {};
    for (const { reason } of this.#unscored) counts[reason] = (counts[reason] ?? 0) + 1;
    return counts;
  }

  take({ entry, hash }: PlacedEntry): void {
    this.#entries++;
    this.#head = hash;
    const start = Date.parse(entry.start);
    // An interval of another length is another question.
    if (entry.kind !== 'frozen' && Date.parse(entry.end) - start === this.#intervalMs) this.#count(entry, start);
    const oldest = start - this.#windowMs;
    this.#unscored = this.#unscored.filter((one) => one.start > oldest);
    for (const { intervals } of this.#books.values()) {
      const kept = intervals.findIndex((one) => one.start > oldest);
      intervals.splice(0, kept === -1 ? intervals.length : kept);
    }
  }

  #count(entry: Exclude<LedgerEntry, { kind: 'frozen' }>, start: number): void {
    if (entry.kind === 'unscored') {
      this.#unscored.push({ start, reason: entry.reason });
      return;
    }
    for (const { reason } of entry.not_scored) this.#unscored.push({ start, reason });
    for (const { venue, completeness, open, high, low, long, short } of entry.books) {
      let book = this.#books.get(venue);
      if (book === undefined) {
        book = { venue, completeness, intervals: [] };
        this.#books.set(venue, book);
      }
      book.completeness = completeness;
      book.intervals.push({ start, range: (high - low) / open, long: liveSide(long), short: liveSide(short) });
    }
  }
}

function liveSide({ predicted_usd, liquidated_usd, move, excursion, depth, age_hours }: ScoredSide): LiveSide {
  return { predicted: predicted_usd, liquidated: liquidated_usd, move, excursion, depth, ageHours: age_hours };
}
