/**
 * Numbers Bybit's trades so that they rise: all fills of one taker order share a cross sequence, so an id is that sequence with room
 * for the place among its fills. A connection that begins between two frames of one sequence counts it from 0 again; that takes more
 * than a thousand fills of one order.
 */
import { FrameError } from './frame-error.ts';

export const fillsPerSequence = 1000;

export class BybitTradeIds {
  readonly #last = new Map<string, { sequence: number; fills: number }>();

  /** @throws {FrameError} for a fill beyond the thousandth of one sequence, and a sequence beyond 2^53 / 1000. */
  next(symbol: string, sequence: number): number {
    const last = this.#last.get(symbol);
    const fills = last?.sequence === sequence ? last.fills : 0;
    const id = sequence * fillsPerSequence + fills;
    if (fills >= fillsPerSequence || !Number.isSafeInteger(id)) {
      throw new FrameError('bad_number', `seq ${sequence} of ${symbol} has more than ${fillsPerSequence} fills`);
    }
    if (last === undefined) this.#last.set(symbol, { sequence, fills: 1 });
    else {
      last.sequence = sequence;
      last.fills = fills + 1;
    }
    return id;
  }
}
