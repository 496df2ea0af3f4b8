/**
 * Traces, where an operator asks for them: follows the first event of each picture from the source to the first client's socket. It is
 * told once a picture, and when the sockets of a turn begin to be written.
 */
import type { PictureTimes } from './actors/symbol-options.ts';
import { type Journey, type JourneySpans, journeySpans } from './tracing/journey.ts';

/** Whoever takes journeys: a collector of OpenTelemetry, or a test. */
export interface TracingSink {
  send(spans: JourneySpans): void;
  stop(): Promise<void>;
}

export class Tracing {
  readonly #sink: TracingSink;
  /** Of this turn of the event loop. */
  #pictures: Journey[] = [];
  #writtenAt: number | null = null;

  constructor(sink: TracingSink) {
    this.#sink = sink;
  }

  /** All clients have just been given it; they write it when this turn is over. */
  picture(
    of: { readonly symbol: string; readonly epoch: string; readonly seq: number },
    times: PictureTimes,
    clients: number,
  ): void {
    if (times.fold === null) return;
    const { symbol, epoch, seq } = of;
    const journey = { symbol, epoch, seq, clients, fold: times.fold, picture: times, writtenAt: null };
    // Behind the writes, which another symbol of this turn may yet queue.
    if (this.#pictures.push(journey) === 1) process.nextTick(() => process.nextTick(this.#turnIsOver));
  }

  stop(): Promise<void> {
    return this.#sink.stop();
  }

  /** @param at in ms. */
  written(at: number): void {
    this.#writtenAt = at;
  }

  readonly #turnIsOver = (): void => {
    const pictures = this.#pictures;
    const writtenAt = this.#writtenAt;
    this.#pictures = [];
    this.#writtenAt = null;
    for (const journey of pictures) this.#sink.send(journeySpans({ ...journey, writtenAt }));
  };
}
