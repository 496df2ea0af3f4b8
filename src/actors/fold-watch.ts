/** Notes when a batch came, was handed to the log, was on disk and was in the book; and which one no picture shows yet. */
import type { SymbolBook } from '../market/symbol-book.ts';
import type { RenderedJob } from './symbol-frame.ts';
import type { FoldTimes, PictureTimes } from './symbol-options.ts';

export class FoldWatch {
  readonly #now: () => number;
  #observedAt = 0;
  #appendedAt = 0;
  #committedAt = 0;
  #unshown: FoldTimes | null = null;

  /** @param now in ms since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  observed(): void {
    this.#observedAt = this.#now();
  }

  /** Or handed to the log again, that could not be written to before. */
  appended(): void {
    this.#appendedAt = this.#now();
  }

  committed(): void {
    this.#committedAt = this.#now();
  }

  folded(book: SymbolBook, events: number, position: number): FoldTimes {
    const fold: FoldTimes = {
      seq: book.version,
      events,
      position,
      marketTime: book.time,
      observedAt: this.#observedAt,
      appendedAt: this.#appendedAt,
      committedAt: this.#committedAt,
      foldedAt: this.#now(),
    };
    this.#unshown ??= fold;
    return fold;
  }

  /** Of a picture that all clients have just been given. */
  shown({ fold, startedAt }: RenderedJob, renderedAt: number): PictureTimes {
    return { fold, startedAt, renderedAt, settledAt: this.#now() };
  }

  /** The first batch since it was last asked: a picture is begun that shows it. */
  takeUnshown(): FoldTimes | null {
    const first = this.#unshown;
    this.#unshown = null;
    return first;
  }
}
