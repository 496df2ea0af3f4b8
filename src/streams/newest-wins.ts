/**
 * Backpressure of one client: a frame passes when there is room for it; otherwise the newest frame of each key waits.
 *
 * A frame that is replaced by a newer one of its key, or is the oldest of more than `capacity`, was lost to this client: `onDropped`
 * hears of each exactly once. So every frame is delivered, dropped, waiting, or of a key that was forgotten.
 */
import { type MonoTypeOperatorFunction, Observable } from 'rxjs';

export interface NewestWinsOptions<F> {
  readonly keyOf: (frame: F) => string;
  /** Keys that may have a frame waiting. */
  readonly capacity: number;
  /** Asked once a frame, just before it passes: takes the room if there is some. */
  readonly takeRoom: () => boolean;
  /** A frame found no room and waits. */
  readonly onWaiting: () => void;
  readonly onDropped: (frame: F) => void;
}

/**
 * @param room says that there may be room again.
 * @param forgotten keys whose waiting frame nobody wants any more; it is not counted as dropped.
 */
export function newestWins<F>(
  options: NewestWinsOptions<F>,
  room: Observable<void>,
  forgotten: Observable<string>,
): MonoTypeOperatorFunction<F> {
  const { keyOf, capacity, takeRoom, onWaiting, onDropped } = options;
  return (source) =>
    new Observable<F>((subscriber) => {
      /** In the order in which keys began to wait. Made when first needed: most clients keep up. */
      let waiting: Map<string, F> | null = null;

      const release = () => {
        while (waiting !== null && waiting.size > 0 && takeRoom()) {
          const [key, frame] = waiting.entries().next().value!;
          waiting.delete(key);
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
      subscriber.add(room.subscribe(release));
      subscriber.add(
        source.subscribe({
          next: (frame) => {
            if ((waiting === null || waiting.size === 0) && takeRoom()) subscriber.next(frame);
            else wait(frame);
          },
          error: (error) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      );
    });
}
