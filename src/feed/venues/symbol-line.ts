/**
 * What a venue says of one symbol, over any number of connections and backfills, as one line: each fact once, in order of exchange
 * time with trades in order of their ids, and what is missing told as a gap.
 *
 * A fact is held for a short window, so that one that was overtaken finds its place. While trades are missing that can still be
 * got, everything behind waits; the wait ends with the answer, or when too much is held. The line owns no clock and no socket: it
 * is told what comes and when, and asked what may go on.
 */
import type { CountedKind, Observation } from '../../market/event.ts';
import type { VenuePoint } from '../feed.ts';
import { HeldObservations } from './held-observations.ts';
import { LineGaps } from './line-gaps.ts';
import { byId, byTime } from './line-order.ts';
import { RecentIds } from './recent-ids.ts';
import type { TradePage, Venue } from './venue.ts';

export type LineVenue = Pick<Venue, 'isNumbered' | 'markEveryMs' | 'liquidationLagMs'>;

export interface SymbolLineOptions {
  readonly venue: LineVenue;
  /** How long a fact is held for those that it overtook, in ms. */
  readonly windowMs: number;
  /** Facts held at most; one more ends the wait for missing trades. */
  readonly maxHeld: number;
  /** Where the log left off; absent for a new stream. */
  readonly resume?: VenuePoint | undefined;
  /** Asks for the trades behind an id. The answer is told by `filled`, with the number of the question. */
  readonly fill: (afterId: number, question: number) => void;
}

export interface LineCounts {
  duplicates: number;
  /** Came when later ones were gone already, and are told as gaps. */
  late: number;
  gapsFound: number;
  /** Trades that were missing and came when asked for. */
  gapsFilled: number;
  /** Not taken because too much was held; told as gaps unless they could be had later. */
  overflowed: number;
}

type Trade = Extract<Observation, { kind: 'trade' }>;

/** Ids of each kind that are known again when they come twice. */
const rememberedIds = 2000;
/** A line that comes again shows with its next facts what is missing; a quiet one is not waited for longer. */
const awaitMs = 1000;

export class SymbolLine {
  readonly #options: SymbolLineOptions;
  readonly #trades = new HeldObservations<Trade>(byId);
  readonly #others = new HeldObservations(byTime);
  readonly #gaps: LineGaps;
  readonly #lastIds = new Map<CountedKind, number>();
  readonly #seen = new Map<CountedKind, RecentIds>();
  #lastTradeTime = 0;
  #state: 'flowing' | 'interrupted' | 'awaiting' | 'filling' = 'flowing';
  /** Until when a line that comes again waits for the facts that show what is missing. */
  #awaitUntil = Number.NaN;
  #awaitAbove = Number.NaN;
  /** Trades up to here are complete or were told; what is asked for comes behind. */
  #askedAfter = Number.NaN;
  /** Where ids do not tell: the trades behind which others may be missing, once for each interruption that is not filled. */
  readonly #stretches: number[] = [];
  #questions = 0;
  /** Since when a trade is missing, by our clock. */
  #holeSince = Number.NaN;
  /** Trades up to here that are missing cannot be had. */
  #finalUpTo = -1;
  /** Too much was held: nothing is taken until all of it went on. */
  #isDrowning = false;
  readonly counts: LineCounts = { duplicates: 0, late: 0, gapsFound: 0, gapsFilled: 0, overflowed: 0 };

  constructor(options: SymbolLineOptions) {
    this.#options = options;
    this.#gaps = new LineGaps(options.venue);
    const { resume } = options;
    if (resume === undefined) return;
    for (const [kind, id] of Object.entries(resume.lastIds)) {
      this.#lastIds.set(kind as CountedKind, id!);
      // A state that did not change since is told again with its old time.
      this.#recent(kind as CountedKind).add(id!);
    }
    this.#gaps.resume(resume);
    this.#state = 'interrupted';
    this.#noteStretch();
  }

  /** Facts that wait. */
  get held(): number {
    return this.#trades.size + this.#others.size;
  }

  /** Nothing could go on, whatever the time. */
  get isIdle(): boolean {
    return this.held === 0 && !this.#isDrowning;
  }

  accept(observation: Observation, at: number): void {
    const { kind, id } = observation;
    if (kind === 'gap_detected') return;
    const isFull = this.#state === 'interrupted' && this.held >= this.#options.maxHeld;
    if (this.#isDrowning || isFull) {
      this.counts.overflowed++;
      return;
    }
    if (id <= this.#lastId(kind)) this.#tooOld(kind, observation);
    else {
      const isNew = kind === 'trade' ? this.#trades.add(observation, at) : this.#others.add(observation, at);
      if (!isNew) this.counts.duplicates++;
      else this.#gaps.accepted(observation);
    }
    if (this.held > this.#options.maxHeld) this.#giveUp();
  }

  /** From here on something may not come. */
  interrupted(): void {
    if (this.#state === 'interrupted') return;
    this.#noteStretch();
    this.#gaps.interrupted();
    this.#state = 'interrupted';
  }

  /** Everything comes again. */
  live(at: number): void {
    if (this.#state !== 'interrupted') return;
    this.#gaps.live();
    this.#awaitUntil = at + awaitMs;
    if (Number.isNaN(this.#askedAfter)) this.#state = 'flowing';
    else if (!this.#options.venue.isNumbered) this.#ask();
    else {
      this.#state = 'awaiting';
      this.#awaitAbove = this.#newestTrade();
    }
  }

  /** Something came that could not be read, and it may have been of this symbol. */
  suspect(at: number): void {
    if (this.#state === 'interrupted') return;
    this.#awaitUntil = at + awaitMs;
    this.#gaps.interrupted();
    this.#gaps.live();
    if (this.#options.venue.isNumbered || this.#state !== 'flowing') return;
    this.#noteStretch();
    if (!Number.isNaN(this.#askedAfter)) this.#ask();
  }

  /** Answer to `fill`: all there is, or `null` if it cannot be had. Only the newest question counts: what came before it may lack more. */
  filled(question: number, page: TradePage | null, at: number): void {
    if (this.#state !== 'filling' || question !== this.#questions) return;
    this.#state = 'flowing';
    // Old enough to go on at once.
    for (const trade of page?.trades ?? []) this.#fillIn(trade, at - 2 * this.#options.windowMs);
    this.#finalUpTo = this.#trades.last?.observation.id ?? -1;
    const reachesBack =
      page === null ? Number.POSITIVE_INFINITY : page.isCut ? (page.trades[0]?.id ?? Number.POSITIVE_INFINITY) : 0;
    for (const after of this.#stretches.splice(0)) if (after < reachesBack) this.#gaps.tradesMissing(after);
    this.#askedAfter = Number.NaN;
  }

  /** What may go on now, in order. Between two calls at the same moment nothing changes. */
  take(now: number): Observation[] {
    const out: Observation[] = [];
    if (this.#state === 'awaiting' && (this.#newestTrade() > this.#awaitAbove || now >= this.#awaitUntil)) {
      this.#state = 'flowing';
    }
    if (!this.#gaps.isSettled && now < this.#awaitUntil) return out;
    while (this.#state === 'flowing') {
      const trade = this.#trades.first;
      const other = this.#others.first;
      if (
        trade !== undefined &&
        this.#isBehindHole(trade.observation.id) &&
        !this.#passHole(trade.observation, now, out)
      )
        break;
      const tradeTime =
        trade === undefined ? Number.POSITIVE_INFINITY : Math.max(trade.observation.time, this.#lastTradeTime);
      const isTradeNext = other === undefined || tradeTime < other.observation.time;
      const next = isTradeNext ? trade : other;
      if (next === undefined || next.at > now - this.#options.windowMs) break;
      if (isTradeNext) {
        this.#lastTradeTime = tradeTime;
        this.#trades.takeFirst();
      } else this.#others.takeFirst();
      this.#pass(next.observation, out);
    }
    if (this.#isDrowning && this.held === 0) this.#surface(now);
    return out;
  }

  #pass(observation: Observation, out: Observation[]): void {
    const kind = observation.kind as CountedKind;
    for (const gap of this.#gaps.before(observation, this.#lastId(kind))) {
      this.counts.gapsFound++;
      out.push(gap);
    }
    this.#lastIds.set(kind, observation.id);
    this.#recent(kind).add(observation.id);
    out.push(observation);
  }

  #isBehindHole(id: number): boolean {
    const last = this.#lastId('trade');
    return this.#options.venue.isNumbered && !Number.isNaN(last) && id > last + 1;
  }

  /** @returns whether the hole before this trade is no reason to wait: what it lacks cannot be had. */
  #passHole(trade: Trade, now: number, out: Observation[]): boolean {
    if (trade.id <= this.#finalUpTo) {
      this.#holeSince = Number.NaN;
      this.counts.gapsFound++;
      out.push(this.#gaps.told('trade', this.#lastId('trade') + 1, trade.id, trade.time));
      this.#lastIds.set('trade', trade.id - 1);
      return true;
    }
    if (Number.isNaN(this.#holeSince)) this.#holeSince = now;
    if (now - this.#holeSince >= this.#options.windowMs) {
      this.#askedAfter = this.#lastId('trade');
      this.#ask();
    }
    return false;
  }

  #ask(): void {
    this.#state = 'filling';
    this.#holeSince = Number.NaN;
    this.#options.fill(this.#askedAfter, ++this.#questions);
  }

  #fillIn(trade: Observation, at: number): void {
    if (trade.kind !== 'trade' || trade.id <= this.#lastId('trade')) return;
    if (this.#trades.add(trade, at)) this.counts.gapsFilled++;
  }

  /** So much is held that waiting any longer would lose more than what is missing; or nobody takes it. */
  #giveUp(): void {
    const first = this.#trades.first;
    if (this.#state === 'filling') this.filled(this.#questions, null, 0);
    else if (first !== undefined && this.#isBehindHole(first.observation.id))
      this.#finalUpTo = this.#trades.last!.observation.id;
    else this.#drown();
  }

  #drown(): void {
    if (this.#state === 'interrupted') return;
    this.#isDrowning = true;
    this.#gaps.interrupted();
  }

  #surface(now: number): void {
    this.#isDrowning = false;
    this.#noteStretch();
    this.#state = 'interrupted';
    this.live(now);
  }

  #tooOld(kind: CountedKind, observation: Observation): void {
    if (this.#recent(kind).has(observation.id)) this.counts.duplicates++;
    else {
      this.counts.late++;
      const { isNumbered, markEveryMs } = this.#options.venue;
      const wasTold = (kind === 'trade' && isNumbered) || (kind === 'mark_price' && markEveryMs !== null);
      if (!wasTold) this.#gaps.cameLate(observation);
    }
  }

  /** Trades may be missing behind the newest; where ids tell which, what was given out is what is sure. */
  #noteStretch(): void {
    const { isNumbered } = this.#options.venue;
    const after = isNumbered ? this.#lastId('trade') : this.#newestTrade();
    if (!isNumbered && !Number.isNaN(after) && this.#stretches.at(-1) !== after) this.#stretches.push(after);
    if (Number.isNaN(this.#askedAfter) || isNumbered) this.#askedAfter = after;
  }

  /** Highest id of a trade that came. */
  #newestTrade(): number {
    return this.#trades.last?.observation.id ?? this.#lastId('trade');
  }

  #lastId(kind: CountedKind): number {
    return this.#lastIds.get(kind) ?? Number.NaN;
  }

  #recent(kind: CountedKind): RecentIds {
    const recent = this.#seen.get(kind) ?? new RecentIds(rememberedIds);
    this.#seen.set(kind, recent);
    return recent;
  }
}
