/**
 * The contracts of OKX by the name of their symbol, and between their names and ours. OKX counts in contracts whose size differs from
 * symbol to symbol, so nothing of a symbol can be read before its size is known.
 *
 * BTCUSDT is BTC-USDT-SWAP. Another multiplier of a coin (1000PEPEUSDT) is another symbol, never guessed to be PEPE-USDT-SWAP.
 */
import { FrameError } from './frame-error.ts';
import { decimalOf, fieldsOf, listOf, parseFrame, priceOf, textOf } from './frame-fields.ts';

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

/** Linear perpetuals that trade; an entry that cannot be read leaves its symbol unknown. @throws {FrameError} */
export function readOkxContracts(body: string): OkxContracts {
  const contracts = new Map<string, number>();
  for (const entry of okxData(body)) {
    const fields = fieldsOf(entry, 'instrument');
    const symbol = okxSymbol(textOf(fields, 'instId'));
    if (symbol === null || fields.ctType !== 'linear' || fields.state !== 'live') continue;
    if (`${fields.ctValCcy}${quote}` !== symbol) continue;
    contracts.set(symbol, priceOf(fields, 'ctVal') * multiplierOf(fields));
  }
  return contracts;
}

function multiplierOf(fields: Readonly<Record<string, unknown>>): number {
  const multiplier = decimalOf(fields, 'ctMult');
  if (multiplier > 0) return multiplier;
  throw new FrameError('bad_number', `ctMult of ${fields.instId} is 0`);
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
