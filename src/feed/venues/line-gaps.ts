/**
 * What a line misses beside numbered trades, and when that is told: at the first fact behind it.
 *
 * Marks that come at a beat show it themselves. Of marks and open interest that are told only when they change, and of liquidations,
 * an interruption leaves a stretch of time in which anything may have been: from the last that came to the first that comes again.
 */
import type { CountedKind, Observation } from '../../market/event.ts';
import type { VenuePoint } from '../feed.ts';
import { liquidationId } from './liquidation-id.ts';
import type { LineVenue } from './symbol-line.ts';

export type Gap = Extract<Observation, { kind: 'gap_detected' }>;

/** A beat that is longer than this many is one that was missed. */
const missedBeat = 1.5;
/** Ids of gaps: their time with room for as many at one moment. */
const gapsPerMs = 1000;

/** A stretch in which liquidations may be missing: ids, and the exchange time in ms of the first fact that came again. */
interface Silence {
  readonly from: number;
  to: number;
  again: number;
  /** A second moment was heard of, so `to` is as near as can be known. */
  isSettled: boolean;
}

export class LineGaps {
  readonly #venue: LineVenue;
  /** Newest id that was accepted, by kind. */
  readonly #newest = new Map<CountedKind, number>();
  #newestTime = Number.NaN;
  /** First ids that may be missing, of kinds that were interrupted, rising. */
  readonly #open = new Map<CountedKind, number[]>();
  readonly #silences: Silence[] = [];
  #isLive = true;
  readonly #late: Observation[] = [];
  #lastGapId = 0;

  constructor(venue: LineVenue) {
    this.#venue = venue;
  }

  resume({ lastIds, lastTime }: VenuePoint): void {
    for (const [kind, id] of Object.entries(lastIds)) {
      if (kind === 'gap_detected') this.#lastGapId = id!;
      else this.#newest.set(kind as CountedKind, id!);
    }
    // Trades may have been got back; a mark was streamed, and its id is its time.
    this.#newestTime = lastIds.mark_price ?? lastTime;
    this.interrupted();
  }

  accepted(observation: Observation): void {
    const kind = observation.kind as CountedKind;
    this.#newest.set(kind, Math.max(this.#newest.get(kind) ?? 0, observation.id));
    // Where marks come at a beat open interest is polled: it says nothing of the streams.
    if (kind === 'open_interest' && this.#venue.markEveryMs !== null) return;
    this.#newestTime = Math.max(observation.time, Number.isNaN(this.#newestTime) ? 0 : this.#newestTime);
    const silence = this.#silences.at(-1);
    if (this.#isLive && silence !== undefined) this.#heardAgain(silence, observation);
  }

  interrupted(): void {
    this.#isLive = false;
    for (const kind of this.#unbeaten()) {
      const newest = this.#newest.get(kind);
      if (newest !== undefined) this.#mayMiss(kind, newest + 1);
    }
    const silence = this.#silences.at(-1);
    if (silence?.isSettled === false) {
      // It goes on.
      silence.again = Number.NaN;
      silence.to = Number.NaN;
      return;
    }
    if (Number.isNaN(this.#newestTime)) return;
    const untold = liquidationId(Math.max(this.#newestTime - this.#venue.liquidationLagMs, 0), 0);
    const from = Math.max(untold, (this.#newest.get('liquidation') ?? 0) + 1);
    this.#silences.push({ from, to: Number.NaN, again: Number.NaN, isSettled: false });
  }

  live(): void {
    this.#isLive = true;
  }

  /** Trades behind this id may be missing, and ids do not tell which. */
  tradesMissing(afterId: number): void {
    this.#mayMiss('trade', afterId + 1);
  }

  cameLate(observation: Observation): void {
    this.#late.push(observation);
  }

  /** False while the next fact would tell how far a stretch goes. */
  get isSettled(): boolean {
    return this.#silences.at(-1)?.isSettled ?? true;
  }

  /** Gaps to tell before this fact. @param lastId the one of its kind before it; NaN for the first. */
  before(observation: Observation, lastId: number): Gap[] {
    const { time, id } = observation;
    const kind = observation.kind as CountedKind;
    const gaps: Gap[] = [];
    while (this.#late.length > 0) {
      const late = this.#late.shift()!;
      gaps.push(this.told(late.kind as CountedKind, late.id, late.id + 1, time));
    }
    const open = this.#open.get(kind);
    if (open !== undefined && open.length > 0 && id >= open[0]!) {
      const from = open[0]!;
      while (open.length > 0 && id >= open[0]!) open.shift();
      if (from < id) gaps.push(this.told(kind, from, id, time));
    }
    const { markEveryMs } = this.#venue;
    if (kind === 'mark_price' && markEveryMs !== null && id - lastId > missedBeat * markEveryMs) {
      gaps.push(this.told(kind, lastId + 1, id, time));
    }
    while (this.#silences.length > 0 && time >= this.#silences[0]!.again) {
      const { from, to } = this.#silences.shift()!;
      if (from < to) gaps.push(this.told('liquidation', from, to, time));
    }
    return gaps;
  }

  told(of: CountedKind, from: number, to: number, time: number): Gap {
    this.#lastGapId = Math.max(this.#lastGapId + 1, time * gapsPerMs);
    return { kind: 'gap_detected', time, id: this.#lastGapId, from, to, of };
  }

  /** The first fact may repeat what was before; from the second moment on all liquidations come, even one that was overtaken. */
  #heardAgain(silence: Silence, { kind, id, time }: Observation): void {
    if (Number.isNaN(silence.again)) {
      silence.again = time;
      silence.to = liquidationId(time + this.#venue.liquidationLagMs, 0);
    } else if (time > silence.again) {
      silence.to = Math.min(silence.to, liquidationId(time, 0));
      silence.isSettled = true;
    }
    if (kind === 'liquidation' && id >= silence.from) {
      silence.to = Math.min(silence.to, id);
      silence.isSettled = true;
    }
  }

  #mayMiss(kind: CountedKind, from: number): void {
    const open = this.#open.get(kind) ?? [];
    this.#open.set(kind, open);
    if (open.at(-1) !== from) open.push(from);
  }

  /** Kinds whose absence no beat shows. */
  #unbeaten(): CountedKind[] {
    return this.#venue.markEveryMs === null ? ['mark_price', 'open_interest'] : [];
  }
}
