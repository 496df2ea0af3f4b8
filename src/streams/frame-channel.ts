/**
 * The frames of one symbol, hot, with the last one for newcomers.
 *
 * Clients that want the same cadence form a group with one subject; a group is due when its cadence has come round since it was
 * last served. `settle` serves all that are due with the newest frame there is, so a picture that took longer than a tick serves
 * those whose tick passed meanwhile, and nobody gets the same frame twice.
 */
import { Observable, Subject } from 'rxjs';

interface Group<F> {
  readonly everyTicks: number;
  readonly frames: Subject<F>;
  servedTick: number;
  /** Has a subscriber that found no frame to begin with. */
  isOwed: boolean;
}

export class FrameChannel<F extends object> {
  readonly #groups = new Map<number, Group<F>>();
  readonly #keepEveryTicks: number;
  #latest: F | undefined;
  #tick = 0;
  #keptTick = 0;
  #subscribers = 0;

  /** @param keepEveryTicks the channel's own cadence: a picture this often even without clients, so that newcomers find a fresh one. */
  constructor(keepEveryTicks: number) {
    this.#keepEveryTicks = keepEveryTicks;
  }

  get latest(): F | undefined {
    return this.#latest;
  }

  get subscribers(): number {
    return this.#subscribers;
  }

  /** The latest frame at once (or the first one as soon as it is there), then the latest of each due tick if it is another. */
  every(ticks: number): Observable<F> {
    return new Observable<F>((subscriber) => {
      let given: F | undefined;
      const give = (frame: F) => {
        if (frame === given) return;
        given = frame;
        subscriber.next(frame);
      };
      const group = this.#group(ticks);
      const subscription = group.frames.subscribe(give);
      this.#subscribers++;
      if (this.#latest === undefined) group.isOwed = true;
      else give(this.#latest);
      return () => {
        subscription.unsubscribe();
        this.#subscribers--;
        if (!group.frames.observed) this.#groups.delete(ticks);
      };
    });
  }

  /** Whether a picture of this tick, or of one that passed, is waited for. */
  isDue(tick: number): boolean {
    this.#tick = tick;
    if (this.#latest === undefined || hasComeRound(this.#keepEveryTicks, this.#keptTick, tick)) return true;
    for (const group of this.#groups.values()) if (isGroupDue(group, tick)) return true;
    return false;
  }

  /** The picture of `tick` is done: `frame`, or `undefined` when it would show what the latest one shows. */
  settle(tick: number, frame: F | undefined): void {
    if (frame !== undefined) this.#latest = frame;
    if (hasComeRound(this.#keepEveryTicks, this.#keptTick, tick)) this.#keptTick = tick;
    const latest = this.#latest;
    if (latest === undefined) return;
    for (const group of this.#groups.values()) {
      if (!isGroupDue(group, tick)) continue;
      group.servedTick = tick;
      group.isOwed = false;
      group.frames.next(latest);
    }
  }

  #group(everyTicks: number): Group<F> {
    let group = this.#groups.get(everyTicks);
    if (group === undefined) {
      group = { everyTicks, frames: new Subject<F>(), servedTick: this.#tick, isOwed: false };
      this.#groups.set(everyTicks, group);
    }
    return group;
  }
}

function isGroupDue<F>(group: Group<F>, tick: number): boolean {
  return group.isOwed || hasComeRound(group.everyTicks, group.servedTick, tick);
}

/** Whether a multiple of `everyTicks` lies after `servedTick` and not after `tick`. */
function hasComeRound(everyTicks: number, servedTick: number, tick: number): boolean {
  return Math.floor(tick / everyTicks) > Math.floor(servedTick / everyTicks);
}
