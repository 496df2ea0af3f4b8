/**
 * The frames of one symbol, hot, with the last one for newcomers.
 *
 * Clients that want the same cadence form a group; a group is due when its cadence has come round since it was
 * last served. `settle` serves all that are due with the newest frame there is, so a picture that took longer than a tick serves
 * those whose tick passed meanwhile, and nobody gets the same frame twice.
 */
import { Observable, type Subscriber } from 'rxjs';
import { RecentFrames } from './recent-frames.ts';

/** How a client takes its bytes; a form that nobody takes need not be made. */
export type FrameForm = 'plain' | 'deflated';

interface Member<F> {
  readonly subscriber: Subscriber<F>;
  /** The frame it had last. */
  given: F | undefined;
  /** Frames up to this one it has from elsewhere. */
  readonly afterSeq: number;
}

interface Group<F> {
  readonly everyTicks: number;
  /** A plain set in place of a subject: a delivery passes one object less, and a member may leave while it is served. */
  readonly members: Set<Member<F>>;
  readonly forms: Record<FrameForm, number>;
  servedTick: number;
  /** Has a subscriber that found no frame to begin with. */
  isOwed: boolean;
}

/** For whoever keeps a copy of a channel elsewhere. */
export interface ChannelObserver<F> {
  /** The first client of a cadence and form has come, or the last has left. */
  demanded?(everyTicks: number, form: FrameForm, isWanted: boolean): void;
  settled?(tick: number, frame: F | undefined): void;
}

export class FrameChannel<F extends { readonly seq: number }> {
  readonly recent: RecentFrames<F>;
  /** Its frames also go elsewhere: at every tick, in every form. */
  isRelayed = false;
  /** Its own cadence is slow: the first of its clients gets, beside what there is, the picture of the next tick. */
  owesFirst = false;
  /** Clients of other servers may come with any of its frames. */
  keepsAll = false;
  readonly #groups = new Map<number, Group<F>>();
  readonly #keepEveryTicks: number;
  readonly #phase: number;
  readonly #observer: ChannelObserver<F>;
  #latest: F | undefined;
  #tick = 0;
  #keptTick = 0;
  readonly #subscribers = { plain: 0, deflated: 0 };

  /**
   * @param keepEveryTicks the channel's own cadence: a picture this often even without clients, so that newcomers find one. Infinite: none
   * is made without clients, and who comes first waits for the next tick.
   * @param recentFrames how many it keeps of those that somebody was given.
   * @param phase ticks by which its own cadence is shifted, so that not all channels are due at once.
   */
  constructor(keepEveryTicks: number, observer: ChannelObserver<F> = {}, recentFrames = 1, phase = 0) {
    this.#keepEveryTicks = keepEveryTicks;
    this.#phase = phase;
    this.recent = new RecentFrames(recentFrames);
    this.#observer = observer;
  }

  get latest(): F | undefined {
    return this.#latest;
  }

  /** The newest one that was settled or asked about. */
  get tick(): number {
    return this.#tick;
  }

  get subscribers(): number {
    return this.#subscribers.plain + this.#subscribers.deflated;
  }

  /** Whether anybody takes frames of this form. */
  wants(form: FrameForm): boolean {
    return this.isRelayed || this.#subscribers[form] > 0;
  }

  /**
   * The latest frame at once (or the first one as soon as it is there), then the latest of each due tick if it is another.
   *
   * @param given the frame that the subscriber has already.
   * @param afterSeq frames up to this one are passed over.
   */
  every(ticks: number, form: FrameForm = 'plain', given?: F, afterSeq = -1): Observable<F> {
    return new Observable<F>((subscriber) => {
      const group = this.#group(ticks);
      const member: Member<F> = { subscriber, given, afterSeq };
      const isIdle = this.subscribers === 0;
      if (isIdle && this.owesFirst) group.isOwed = true;
      group.members.add(member);
      this.#subscribers[form]++;
      if (group.forms[form]++ === 0) this.#observer.demanded?.(ticks, form, true);
      if (this.#latest === undefined || (isIdle && this.#isOnDemand)) group.isOwed = true;
      else {
        this.recent.add(this.#latest);
        give(member, this.#latest);
      }
      return () => {
        group.members.delete(member);
        this.#subscribers[form]--;
        if (--group.forms[form] === 0) this.#observer.demanded?.(ticks, form, false);
        if (group.members.size === 0) this.#groups.delete(ticks);
      };
    });
  }

  /** Whether a picture of this tick, or of one that passed, is waited for. */
  isDue(tick: number): boolean {
    this.#advance(tick);
    if (this.isRelayed || this.#isOwnDue(tick) || (this.#latest === undefined && !this.#isOnDemand)) return true;
    for (const group of this.#groups.values()) if (isGroupDue(group, tick)) return true;
    return false;
  }

  /** The picture of `tick` is done: `frame`, or `undefined` when it would show what the latest one shows. */
  settle(tick: number, frame: F | undefined): void {
    this.#advance(tick);
    if (frame !== undefined) this.#latest = frame;
    this.#observer.settled?.(tick, frame);
    if (this.#isOwnDue(tick)) this.#keptTick = tick;
    const latest = this.#latest;
    if (latest === undefined) return;
    if (this.keepsAll) this.recent.add(latest);
    for (const group of this.#groups.values()) {
      if (!isGroupDue(group, tick)) continue;
      group.servedTick = tick;
      group.isOwed = false;
      this.recent.add(latest);
      for (const member of group.members) give(member, latest);
    }
  }

  /** At once for everyone, whatever their cadence. */
  settleForAll(frame: F): void {
    for (const group of this.#groups.values()) group.isOwed = true;
    this.settle(this.#tick, frame);
  }

  #isOwnDue(tick: number): boolean {
    return hasComeRound(this.#keepEveryTicks, this.#keptTick + this.#phase, tick + this.#phase);
  }

  get #isOnDemand(): boolean {
    return this.#keepEveryTicks === Number.POSITIVE_INFINITY;
  }

  /** Ticks begin anew when somebody else counts them: then all are due. */
  #advance(tick: number): void {
    if (tick < this.#tick) {
      this.#keptTick = tick - this.#keepEveryTicks;
      for (const group of this.#groups.values()) group.servedTick = tick - group.everyTicks;
    }
    this.#tick = tick;
  }

  #group(everyTicks: number): Group<F> {
    let group = this.#groups.get(everyTicks);
    if (group === undefined) {
      group = {
        everyTicks,
        members: new Set(),
        forms: { plain: 0, deflated: 0 },
        servedTick: this.#tick,
        isOwed: false,
      };
      this.#groups.set(everyTicks, group);
    }
    return group;
  }
}

function give<F extends { readonly seq: number }>(member: Member<F>, frame: F): void {
  if (frame === member.given || frame.seq <= member.afterSeq) return;
  member.given = frame;
  member.subscriber.next(frame);
}

function isGroupDue<F>(group: Group<F>, tick: number): boolean {
  return group.isOwed || hasComeRound(group.everyTicks, group.servedTick, tick);
}

/** Whether a multiple of `everyTicks` lies after `servedTick` and not after `tick`. */
function hasComeRound(everyTicks: number, servedTick: number, tick: number): boolean {
  return Math.floor(tick / everyTicks) > Math.floor(servedTick / everyTicks);
}
