/** The one clock of all pictures: everything periodic is counted in its ticks, and there is no other timer per symbol or client. */
import { asyncScheduler, Observable, type SchedulerLike, share } from 'rxjs';

/**
 * Ticks numbered 1, 2, 3… since the first subscription, shared by all subscribers.
 *
 * The number follows the time that has passed: a late tick is skipped over, never caught up on, and lateness does not add up.
 * A clock that is set back does not stop the ticks: they go on from the number they had.
 */
export function sharedTick(everyMs: number, scheduler: SchedulerLike = asyncScheduler): Observable<number> {
  return new Observable<number>((subscriber) => {
    let start = scheduler.now();
    let last = 0;
    const delay = () => {
      const now = scheduler.now();
      // A timer fires a little early at times, but never by an interval: the clock was set back.
      if (now < start + (last - 1) * everyMs) start = now - last * everyMs;
      return Math.max(start + (last + 1) * everyMs - now, 0);
    };
    return scheduler.schedule(function tick() {
      last = Math.max(Math.floor((scheduler.now() - start) / everyMs), last + 1);
      subscriber.next(last);
      this.schedule(undefined, delay());
    }, delay());
  }).pipe(share());
}
