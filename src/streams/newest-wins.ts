/**
 * Backpressure of one client: a frame passes while there is credit; without, the newest frame of each key waits for it.
 *
 * A frame that is replaced by a newer one of its key, or is the oldest of more than `capacity`, was lost to this client: `onDropped`
 * hears of each exactly once. So every frame is delivered, dropped, waiting, or of a key that was forgotten.
 */
import { type MonoTypeOperatorFunction, Observable } from 'rxjs';

export interface NewestWinsOptions<F> {
  readonly keyOf: (frame: F) => string;
  /** Keys that may have a frame waiting. */
  readonly capacity: number;
  /** Frames that may pass before the first credit comes. */
  readonly initialCredit: number;
  /** A frame found no credit and waits. */
  readonly onWaiting: () => void;
  readonly onDropped: (frame: F) => void;
}

/**
 * @param credit how many more frames may pass.
 * @param forgotten keys whose waiting frame nobody wants any more; it is not counted as dropped.
 */
export function newestWins<F>(
  options: NewestWinsOptions<F>,
  credit: Observable<number>,
  forgotten: Observable<string>,
): MonoTypeOperatorFunction<F> {
  const { keyOf, capacity, initialCredit, onWaiting, onDropped } = options;
  return (source) =>
    new Observable<F>((subscriber) => {
      let left = initialCredit;
      /** In the order in which keys began to wait. Made when first needed: most clients keep up. */
      let waiting: Map<string, F> | null = null;

      const release = () => {
        while (left > 0 && waiting !== null && waiting.size > 0) {
          const [key, frame] = waiting.entries().next().value!;
          waiting.delete(key);
          left--;
          subscriber.next(frame);
        }
      };

      const wait = (frame: F) => {
        onWaiting();
        waiting ??= new Map();
        const key = keyOf(frame);
        const older = waiting.get(key);
        waiting.set(key, frame);
        if (older !== undefined) {
          onDropped(older);
        } else if (waiting.size > capacity) {
          const [oldestKey, oldest] = waiting.entries().next().value!;
          waiting.delete(oldestKey);
          onDropped(oldest);
        }
      };

      subscriber.add(forgotten.subscribe((key) => waiting?.delete(key)));
      subscriber.add(
        credit.subscribe((more) => {
          left += more;
          release();
        }),
      );
      subscriber.add(
        source.subscribe({
          next: (frame) => {
            if (left === 0) {
              wait(frame);
              return;
            }
            left--;
            subscriber.next(frame);
          },
          error: (error) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      );
    });
}
