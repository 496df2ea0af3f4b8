/**
 * The picture of one symbol, scored while it is made: at the first event of each interval the book as it stands before that event is
 * frozen in the symbol's ledger, and that entry is committed before the event is. After the interval it is scored, or it is said why not.
 *
 * It belongs to the symbol's actor, the only writer of both streams, and lives as long as one incarnation of it: what counts is in the
 * log, so an interval goes on after a restart if all of it can be folded again.
 */
import { type EventLog, EventLogError } from '../log/event-log.ts';
import { foldStream } from '../log/fold-stream.ts';
import type { PlacedEntry } from '../log/ledger-chain.ts';
import { ScoreLedger } from '../log/score-ledger.ts';
import type { MarketEvent } from '../market/event.ts';
import { batchesOf, type EventBatch, kindCodes, sliceBatch, venueCodeAt } from '../market/event-batch.ts';
import { booksOf, codeOf, type SymbolBook } from '../market/symbol-book.ts';
import type { VenueName } from '../market/venues.ts';
import type { FrozenEntry, LedgerEntry, NewEntry, UnscoredReason } from '../protocol/ledger-entry.ts';
import type { Completeness } from '../protocol/liquidations-message.ts';
import { sealOf } from '../score/book-seal.ts';
import { frozenBook } from '../score/frozen-book.ts';
import type { KnownRange } from '../score/known-ground.ts';
import { LivePath } from '../score/live-path.ts';
import { type FailedBook, frozenEntry, intervalOf, scoredEntry, type WatchedBook } from './scored-interval.ts';

export interface LiveScoreOptions {
  readonly intervalMs: number;
  /** Whether all liquidations of a venue are told; null: of the source, which names no venue. */
  readonly completenessOf: (venue: VenueName | null) => Completeness;
  readonly observer: ScoreObserver;
}

export interface ScoreObserver {
  /** A ledger was read, for the first time or again: all its entries. */
  opened(symbol: string, entries: readonly PlacedEntry[]): void;
  /** An entry is committed. */
  entered(symbol: string, placed: PlacedEntry): void;
  /** The ledger cannot be gone on with: the symbol is not scored, and its pictures go on. */
  broken(symbol: string, error: EventLogError): void;
}

/** The stream that is scored. */
export interface ScoredStream {
  readonly log: EventLog;
  readonly stream: string;
  readonly symbol: string;
}

/** An interval that is frozen and not over. */
interface Watch {
  readonly entry: FrozenEntry;
  readonly books: readonly WatchedBook[];
  /** Events of the market stream in it, and before it. */
  seq: number;
  /** Why it cannot be scored, if that is known already. */
  readonly failure: UnscoredReason | null;
}

/** A market that trades has a price more often; a recording of minutes has one a minute. */
export const longestSilenceMs = 5 * 60_000;
/** Twelve hours are asked for, and how long ago a price was traded. */
const knownMs = 48 * 3_600_000;

export class LiveScore {
  readonly #options: LiveScoreOptions;
  readonly #market: ScoredStream;
  /** Null: not opened, or broken. */
  #ledger: ScoreLedger | null = null;
  #epoch = '';
  /** Of the interval of the newest event, ms since 1970; NaN before the first. */
  #start = Number.NaN;
  #watch: Watch | null = null;
  #known: (KnownRange & { readonly venue: string | null })[] = [];

  constructor(options: LiveScoreOptions, market: ScoredStream) {
    this.#options = options;
    this.#market = market;
  }

  /** Takes up where the ledger ends. @param book as it was recovered; it stays as it is. */
  async recover(epoch: string, book: SymbolBook): Promise<void> {
    const { observer } = this.#options;
    const { log, stream, symbol } = this.#market;
    const entries: PlacedEntry[] = [];
    try {
      this.#ledger = await ScoreLedger.open(log, stream, epoch, (placed) => entries.push(placed));
    } catch (error) {
      if (!(error instanceof EventLogError && error.code === 'corrupt')) throw error;
      observer.broken(symbol, error);
      return;
    }
    this.#epoch = epoch;
    for (const { entry } of entries) this.#learn(entry);
    observer.opened(symbol, entries);
    if (book.version > 0) this.#start = this.#startOf(book.time);
    const last = entries.at(-1)?.entry;
    if (last?.kind !== 'frozen') return;
    this.#watch = await this.#resumed(last, book);
    const start = Date.parse(last.start);
    this.#start = Number.isNaN(this.#start) ? start : Math.max(this.#start, start);
  }

  /** The events as batches; one begins where an interval does. */
  batchesOf(events: readonly MarketEvent[]): EventBatch[] {
    const batches: EventBatch[] = [];
    let [from, start] = [0, this.#start];
    const end = start + this.#options.intervalMs;
    if (events.every(({ time }) => time < end)) return batchesOf(events);
    for (const [i, { time }] of events.entries()) {
      const own = this.#startOf(time);
      if (own <= start) continue;
      start = own;
      if (i > from) batches.push(...batchesOf(events.slice(from, i)));
      from = i;
    }
    return [...batches, ...batchesOf(events.slice(from))];
  }

  /**
   * What has to be in the ledger before this batch is in the log.
   *
   * @returns null: nothing. When it rejects nothing is lost: it may be asked again.
   */
  before(book: SymbolBook, batch: EventBatch): Promise<void> | null {
    const start = this.#startOf(batch.time[0]!);
    if (this.#ledger === null || start <= this.#start) return null;
    return this.#turn(this.#ledger, book, batch, start);
  }

  /** The batch is committed and in the book. */
  folded(batch: EventBatch): void {
    const watch = this.#watch;
    if (watch === null) return;
    for (const { path } of watch.books) path.take(batch);
    watch.seq += batch.count;
  }

  async #turn(ledger: ScoreLedger, book: SymbolBook, batch: EventBatch, start: number): Promise<void> {
    if (this.#watch !== null) await this.#enter(ledger, this.#closing(this.#watch, batch));
    this.#watch = null;
    const books = this.#watched(book, start);
    if (books.length > 0) {
      const frozen = frozenEntry(intervalOf(start, this.#options.intervalMs), this.#epoch, book, books);
      const { entry } = await this.#enter(ledger, frozen);
      this.#watch = { entry: entry as FrozenEntry, books, seq: book.version, failure: null };
    }
    this.#start = start;
  }

  async #enter(ledger: ScoreLedger, entry: NewEntry): Promise<PlacedEntry> {
    const placed = await ledger.append(entry);
    this.#learn(placed.entry);
    this.#options.observer.entered(this.#market.symbol, placed);
    return placed;
  }

  #closing({ entry, books, seq, failure }: Watch, next: EventBatch): NewEntry {
    const { start, end } = entry;
    const failed = books.flatMap((book): FailedBook[] => {
      const reason = failureOf(book, Date.parse(end), next);
      return reason === null ? [] : [{ venue: book.venue, reason }];
    });
    const whole = books.filter(({ venue }) => !failed.some((book) => book.venue === venue));
    const reason = failure ?? (whole.length === 0 ? failed[0]!.reason : null);
    if (reason !== null) return { kind: 'unscored', start, end, reason };
    const knownOf = (venue: VenueName | null) => this.#known.filter((range) => range.venue === venue);
    return scoredEntry(entry, seq, whole, failed, knownOf);
  }

  /** The interval that was under way when the program ended, folded again from the log. */
  async #resumed(entry: FrozenEntry, book: SymbolBook): Promise<Watch> {
    const { log, stream, symbol } = this.#market;
    const { seq } = entry;
    const failed = (failure: UnscoredReason): Watch => ({ entry, books: [], seq, failure });
    const [start, end] = [Date.parse(entry.start), Date.parse(entry.end)];
    if (end - start !== this.#options.intervalMs) return failed('interval_changed');
    if (entry.epoch !== this.#epoch || seq > book.version) return failed('stream_changed');
    const frozen = await foldStream(log, stream, symbol, seq).catch((error) => {
      // What it was frozen on is beyond what the log keeps.
      if (error instanceof EventLogError && error.code === 'corrupt') return null;
      throw error;
    });
    if (frozen === null || sealOf(frozen.book).digest !== entry.digest) return failed('book_changed');
    const books = this.#watched(frozen.book, start);
    const watch: Watch = { entry, books, seq, failure: null };
    if (seq === book.version) return watch;
    for await (const { batch } of log.read(stream, seq)) {
      const rows = batch.time.findIndex((time) => time >= end);
      const within = rows === -1 ? batch : sliceBatch(batch, 0, rows);
      for (const { path } of books) path.take(within);
      watch.seq += within.count;
      if (rows === -1) continue;
      const next = sliceBatch(batch, rows, batch.count);
      for (const { code, path } of books) if (beginsWithGap(next, code)) path.hasGap = true;
      break;
    }
    return watch;
  }

  #watched(book: SymbolBook, start: number): WatchedBook[] {
    // Without a price there is nothing to be swept.
    const priced = booksOf(book).filter(({ price }) => price > 0);
    return priced.map((one): WatchedBook => {
      const { venue = null, model, price, hasMark } = one;
      const code = codeOf(one);
      const completeness = this.#options.completenessOf(venue);
      const path = new LivePath(code, start, price, hasMark);
      return { venue, code, model, completeness, frozen: frozenBook(one), path };
    });
  }

  /** What an entry teaches of the ground. */
  #learn(entry: LedgerEntry): void {
    if (entry.kind !== 'scored') return;
    const [start, end] = [Date.parse(entry.start), Date.parse(entry.end)];
    for (const { venue, high, low } of entry.books) this.#known.push({ venue, start, end, high, low });
    this.#known = this.#known.filter((range) => range.end > end - knownMs);
  }

  #startOf(time: number): number {
    return Math.floor(time / this.#options.intervalMs) * this.#options.intervalMs;
  }
}

function failureOf({ code, path }: WatchedBook, end: number, next: EventBatch): UnscoredReason | null {
  if (path.hasGap || beginsWithGap(next, code)) return 'gap';
  return path.silenceMs(end) > longestSilenceMs ? 'silence' : null;
}

/** Whether the first thing that a venue tells is that something was missed. */
function beginsWithGap(batch: EventBatch, code: number): boolean {
  for (let i = 0; i < batch.count; i++) {
    if (venueCodeAt(batch, i) !== code) continue;
    const kind = batch.kind[i];
    if (kind === kindCodes.gap_detected) return true;
    if (kind !== kindCodes.model_set && kind !== kindCodes.margin_tier) return false;
  }
  return false;
}
