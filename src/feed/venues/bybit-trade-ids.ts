/**
 * Numbers Bybit's trades so that they rise: all fills of one taker order share a cross sequence, so an id is that sequence with room
 * for the place among its fills. A fill that comes again, over whichever connection, is known by its execution id for a while; later
 * the places are counted anew and come out the same, since a sequence is told in one order.
 */
import { FrameError } from './frame-error.ts';

export const fillsPerSequence = 1000;

/** Sequences of a symbol whose fills are known by name, at least. */
const rememberedSequences = 256;

interface Memory {
  newer: Map<number, Map<string, number>>;
  older: Map<number, Map<string, number>>;
}

export class BybitTradeIds {
  readonly #memories = new Map<string, Memory>();

  /** @throws {FrameError} for a fill beyond the thousandth of one sequence, and a sequence beyond 2^53 / 1000. */
  idOf(symbol: string, sequence: number, executionId: string): number {
    const fills = this.#fillsOf(symbol, sequence);
    const place = fills.get(executionId) ?? fills.size;
    const id = sequence * fillsPerSequence + place;
    if (place >= fillsPerSequence || !Number.isSafeInteger(id)) {
      throw new FrameError('bad_number', `seq ${sequence} of ${symbol} has more than ${fillsPerSequence} fills`);
    }
    fills.set(executionId, place);
    return id;
  }

  #fillsOf(symbol: string, sequence: number): Map<string, number> {
    let memory = this.#memories.get(symbol);
    if (memory === undefined) {
      memory = { newer: new Map(), older: new Map() };
      this.#memories.set(symbol, memory);
    }
    const known = memory.newer.get(sequence) ?? memory.older.get(sequence);
    if (known !== undefined) return known;
    if (memory.newer.size >= rememberedSequences) {
      memory.older = memory.newer;
      memory.newer = new Map();
    }
    const fills = new Map<string, number>();
    memory.newer.set(sequence, fills);
    return fills;
  }
}
