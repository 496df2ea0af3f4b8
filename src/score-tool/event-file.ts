/**
 * A file of single liquidations with their bankruptcy prices: `time_ms`, `symbol`, `liquidated_side`, `bankruptcy_price`,
 * `notional_usd`; other columns are passed over. Of other symbols than the one that is scored nothing is taken.
 */
import { parse } from 'csv-parse/sync';
import { type BankruptcyEvent, markOfBankruptcy } from '../score/bankruptcy.ts';
import type { PricedLiquidation } from '../score/first-touch.ts';
import { RecordingError } from '../score/recording.ts';

export interface EventFile {
  readonly bankruptcies: readonly BankruptcyEvent[];
  /** The same with the mark prices that they imply, in the order of time. */
  readonly liquidations: readonly PricedLiquidation[];
}

/**
 * Lowest maintenance rate of the venues (0.4 %) and the taker fee (0.05 %) that a liquidation has to leave room for. Of the rates that
 * were tried on the recorded half day it puts the most events into the price range of their minute.
 */
export const impliedMaintenanceRate = 0.0045;

const columns = ['time_ms', 'symbol', 'liquidated_side', 'bankruptcy_price', 'notional_usd'] as const;

/** @param symbol as in the recording: a file's BTC is BTCUSDT. @throws {RecordingError} */
export function readEvents(path: string, text: string, symbol: string): EventFile {
  const rows = rowsOf(path, text);
  const events = rows.flatMap((row, i) => {
    for (const column of columns) {
      if (!Object.hasOwn(row, column)) throw new RecordingError(`${path}, line 1: column ${column} is missing`);
    }
    if (row.symbol !== symbol && `${row.symbol}USDT` !== symbol) return [];
    const number = (column: 'time_ms' | 'bankruptcy_price' | 'notional_usd') => {
      const value = Number(row[column]);
      if (row[column] !== '' && value > 0 && value < Number.MAX_SAFE_INTEGER) return value;
      throw new RecordingError(
        `${path}, line ${i + 2}, column ${column}: '${row[column]!.slice(0, 32)}' is not above 0`,
      );
    };
    const side = row.liquidated_side;
    if (side !== 'long' && side !== 'short') {
      throw new RecordingError(`${path}, line ${i + 2}, column liquidated_side: '${side}' is neither long nor short`);
    }
    return [
      { time: number('time_ms'), side, bankruptcyPrice: number('bankruptcy_price'), usd: number('notional_usd') },
    ] as const;
  });
  if (events.length === 0) throw new RecordingError(`${path} has no liquidation of ${symbol}`);
  const bankruptcies = events.toSorted((a, b) => a.time - b.time);
  const liquidations = bankruptcies.map(({ time, side, bankruptcyPrice, usd }) => {
    return { time, side, usd, price: markOfBankruptcy(side, bankruptcyPrice, impliedMaintenanceRate) };
  });
  return { bankruptcies, liquidations };
}

function rowsOf(path: string, text: string): Record<string, string>[] {
  try {
    return parse(text, { columns: true, bom: true, trim: true, skipEmptyLines: true });
  } catch (error) {
    throw new RecordingError(`${path} is not a CSV file: ${(error as Error).message}`, { cause: error });
  }
}
