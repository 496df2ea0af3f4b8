/** What a client wants to see, as one merged stream of frames. */
import { Observable, type Subscription } from 'rxjs';
import type { FrameChannel } from './frame-channel.ts';

export interface Wish {
  readonly symbol: string;
  /** Cadence; 0 when the symbol is not wanted any more. */
  readonly everyTicks: number;
}

/** A wish replaces the one before for its symbol, and begins with the latest frame again. Ends with the wishes. */
export function clientFrames<F extends object>(
  wishes: Observable<Wish>,
  channelOf: (symbol: string) => FrameChannel<F>,
): Observable<F> {
  return new Observable<F>((subscriber) => {
    const bySymbol = new Map<string, Subscription>();
    const next = (frame: F) => subscriber.next(frame);
    subscriber.add(() => {
      for (const subscription of bySymbol.values()) subscription.unsubscribe();
    });
    subscriber.add(
      wishes.subscribe({
        next: ({ symbol, everyTicks }) => {
          bySymbol.get(symbol)?.unsubscribe();
          bySymbol.delete(symbol);
          if (everyTicks === 0) return;
          const subscription = channelOf(symbol).every(everyTicks).subscribe(next);
          // Whoever gets the frame it begins with may leave at once, before there was anything to take back.
          if (subscriber.closed) subscription.unsubscribe();
          else bySymbol.set(symbol, subscription);
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    );
  });
}
