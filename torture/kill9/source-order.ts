/** Every event of the source once and in its order. The sources of these trials number each kind of event in equal steps. */
import { type EventBatch, kindCodes } from '../../src/market/event-batch.ts';

export class SourceOrder {
  readonly #symbol: string;
  readonly #lastIds = new Map<number, number>();
  readonly #steps = new Map<number, number>();

  constructor(symbol: string) {
    this.#symbol = symbol;
  }

  /** @throws when an event is missing or there twice. */
  take({ count, kind, id }: EventBatch): void {
    for (let i = 0; i < count; i++) this.#takeOne(kind[i]!, id[i]!);
  }

  #takeOne(code: number, id: number): void {
    const last = this.#lastIds.get(code);
    this.#lastIds.set(code, id);
    const step = id - (last ?? id);
    if (last !== undefined && !this.#steps.has(code)) this.#steps.set(code, step);
    const isInOrder = last === undefined || (step > 0 && step === this.#steps.get(code));
    if (!isInOrder || code === kindCodes.gap_detected) {
      throw new Error(`${this.#symbol} has an event of kind ${code} with id ${id} after ${last}`);
    }
  }
}
