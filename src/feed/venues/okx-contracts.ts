/**
 * The contracts of OKX by the name of their symbol, and between their names and ours. OKX counts in contracts whose size differs from
 * symbol to symbol, so nothing of a symbol can be read before its size is known.
 *
 * BTCUSDT is BTC-USDT-SWAP. Another multiplier of a coin (1000PEPEUSDT) is another symbol, never guessed to be PEPE-USDT-SWAP.
 */
import { FrameError } from './frame-error.ts';
import { type Fields, fieldsOf, listOf, parseFrame, priceOf, textOf } from './frame-fields.ts';

const quote = 'USDT';
const swapEnding = `-${quote}-SWAP`;

/** Base units of one contract, by symbol. */
export type OkxContracts = ReadonlyMap<string, number>;

export function okxInstrument(symbol: string): string {
  return symbol.slice(0, -quote.length) + swapEnding;
}

/** `null` for what is no perpetual against USDT. */
export function okxSymbol(instrument: string): string | null {
  if (!instrument.endsWith(swapEnding) || instrument.length === swapEnding.length) return null;
  return instrument.slice(0, -swapEnding.length) + quote;
}

/**
 * Linear perpetuals that trade. An entry that cannot be read leaves its symbol unknown, and the others known.
 * @throws {FrameError} for an answer that is none
 */
export function readOkxContracts(body: string): OkxContracts {
  const contracts = new Map<string, number>();
  for (const entry of okxData(body)) {
    try {
      const contract = contractOf(fieldsOf(entry, 'instrument'));
      if (contract !== null) contracts.set(...contract);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
    }
  }
  return contracts;
}

/** `null` for what is no linear perpetual against USDT, or does not trade. */
function contractOf(fields: Fields): [symbol: string, size: number] | null {
  const symbol = okxSymbol(textOf(fields, 'instId'));
  if (symbol === null || fields.ctType !== 'linear' || fields.state !== 'live') return null;
  if (`${fields.ctValCcy}${quote}` !== symbol) return null;
  return [symbol, priceOf(fields, 'ctVal') * priceOf(fields, 'ctMult')];
}

/** What an answer over HTTP carries. @throws {FrameError} for one that says it failed. */
export function okxData(body: string): readonly unknown[] {
  const fields = fieldsOf(parseFrame(body), 'answer');
  if (fields.code === '0') return listOf(fields.data, 'data');
  throw new FrameError('bad_text', `code ${fields.code}: ${fields.msg}`);
}

/** Contracts as base units. Sizes are powers of ten: dividing by 100 gives the decimal that multiplying by 0.01 misses. */
export function baseUnits(contracts: number, contractSize: number): number {
  const perUnit = Math.round(1 / contractSize);
  return contractSize < 1 && 1 / perUnit === contractSize ? contracts / perUnit : contracts * contractSize;
}
