/**
 * What a client wants to see: its subscriptions to the channels, merged under its own backpressure.
 *
 * It is the observer of all of them, one object for every client, and what it lets through it gives to the client in the turn of the
 * tick: through an operator and a subscriber more, each delivery would take longer than the client needs to decide on it.
 */
import type { Subscription } from 'rxjs';
import type { FrameChannel, FrameForm } from './frame-channel.ts';
import { type FrameTaker, NewestWins, type NewestWinsOptions } from './newest-wins.ts';

export interface ClientFramesOptions<F extends { readonly seq: number }> extends NewestWinsOptions<F> {
  channelOf(symbol: string): FrameChannel<F>;
}

export class ClientFrames<F extends { readonly seq: number }> extends NewestWins<F> {
  readonly #channelOf: (symbol: string) => FrameChannel<F>;
  readonly #form: FrameForm;
  readonly #subscriptions = new Map<string, Subscription>();
  #isOver = false;

  constructor(form: FrameForm, options: ClientFramesOptions<F>, taker: FrameTaker<F>) {
    super(options, taker);
    this.#channelOf = options.channelOf;
    this.#form = form;
  }

  /**
   * Replaces the wish before it, and begins with the latest frame again, unless that is the one that was `given`.
   *
   * @param afterSeq frames up to this one are passed over.
   */
  subscribe(symbol: string, everyTicks: number, given?: F, afterSeq?: number): void {
    this.unsubscribe(symbol);
    const subscription = this.#channelOf(symbol).every(everyTicks, this.#form, given, afterSeq).subscribe(this);
    // Whoever is given the frame it begins with may end it all at once, before there was anything to take back.
    if (this.#isOver) subscription.unsubscribe();
    else this.#subscriptions.set(symbol, subscription);
  }

  get symbols(): Iterable<string> {
    return this.#subscriptions.keys();
  }

  /** Without effect when there was no subscription. */
  unsubscribe(symbol: string): void {
    this.#subscriptions.get(symbol)?.unsubscribe();
    this.#subscriptions.delete(symbol);
    this.forget(symbol);
  }

  /** Nothing is given any more. */
  end(): void {
    this.#isOver = true;
    for (const symbol of [...this.#subscriptions.keys()]) this.unsubscribe(symbol);
  }
}
