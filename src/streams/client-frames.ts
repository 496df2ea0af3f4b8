/**
 * What a client wants to see, as one stream of frames under its own backpressure.
 *
 * The signals are its wishes and the news that it has read something. One object does it all, since there is one for every client and
 * each delivery passes through it: a frame costs two calls from the channel to the subscriber.
 */
import { Observable, type Subscriber, type Subscription } from 'rxjs';
import type { FrameChannel, FrameForm } from './frame-channel.ts';
import { type ClientRoom, NewestWins, type NewestWinsOptions } from './newest-wins.ts';

export interface Wish {
  readonly symbol: string;
  /** Cadence; 0 when the symbol is not wanted any more. */
  readonly everyTicks: number;
}

/** There may be room for another frame. */
export const roomAgain = 'room again';

export type ClientSignal = Wish | typeof roomAgain;

export interface ClientFramesOptions<F extends object> extends NewestWinsOptions<F> {
  channelOf(symbol: string): FrameChannel<F>;
}

/** A wish replaces the one before for its symbol, and begins with the latest frame again. Ends with the signals. */
export function clientFrames<F extends object>(
  signals: Observable<ClientSignal>,
  form: FrameForm,
  options: ClientFramesOptions<F>,
  room: ClientRoom<F>,
): Observable<F> {
  return new Observable<F>((subscriber) => {
    const frames = new ClientFrames(subscriber, form, options, room);
    subscriber.add(() => frames.leaveAll());
    subscriber.add(
      signals.subscribe({
        next: (signal) => (signal === roomAgain ? frames.release() : frames.wish(signal)),
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    );
  });
}

class ClientFrames<F extends object> {
  readonly #subscriber: Subscriber<F>;
  readonly #form: FrameForm;
  readonly #options: ClientFramesOptions<F>;
  readonly #newest: NewestWins<F>;
  readonly #bySymbol = new Map<string, Subscription>();

  constructor(subscriber: Subscriber<F>, form: FrameForm, options: ClientFramesOptions<F>, room: ClientRoom<F>) {
    this.#subscriber = subscriber;
    this.#form = form;
    this.#options = options;
    this.#newest = new NewestWins(options, room, subscriber);
  }

  wish({ symbol, everyTicks }: Wish): void {
    this.#bySymbol.get(symbol)?.unsubscribe();
    this.#bySymbol.delete(symbol);
    if (everyTicks === 0) {
      this.#newest.forget(symbol);
      return;
    }
    const subscription = this.#options.channelOf(symbol).every(everyTicks, this.#form).subscribe(this);
    // Whoever gets the frame it begins with may leave at once, before there was anything to take back.
    if (this.#subscriber.closed) subscription.unsubscribe();
    else this.#bySymbol.set(symbol, subscription);
  }

  release(): void {
    this.#newest.release();
  }

  leaveAll(): void {
    for (const subscription of this.#bySymbol.values()) subscription.unsubscribe();
    this.#bySymbol.clear();
  }

  /** From a channel. */
  next(frame: F): void {
    this.#newest.offer(frame);
  }
}
