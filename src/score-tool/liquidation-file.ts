/**
 * A file of liquidated totals: `time_ms`, `long_usd`, `short_usd` for each interval, in USD; other columns are passed over. It believes
 * nothing: an error names the file, the line and the column.
 */
import { parse } from 'csv-parse/sync';
import { type LiquidatedTotal, RecordingError } from '../score/recording.ts';

export interface LiquidationFile {
  readonly totals: readonly LiquidatedTotal[];
  /** Distance of the first two. */
  readonly intervalMs: number;
}

const columns = ['time_ms', 'long_usd', 'short_usd'] as const;

/** @throws {RecordingError} */
export function readLiquidations(path: string, text: string): LiquidationFile {
  const rows = table(path, text);
  for (const column of columns) {
    if (rows.length > 0 && !Object.hasOwn(rows[0]!, column))
      throw new RecordingError(`${path}, line 1: column ${column} is missing`);
  }
  if (rows.length < 2) throw new RecordingError(`${path} must have at least two intervals, not ${rows.length}`);
  const totals = rows.map((row, i): LiquidatedTotal => {
    const [time, longUsd, shortUsd] = columns.map((column) => amount(path, i + 2, column, row[column]!));
    return { time: time!, longUsd: longUsd!, shortUsd: shortUsd! };
  });
  const intervalMs = totals[1]!.time - totals[0]!.time;
  for (let i = 1; i < totals.length; i++) {
    const step = totals[i]!.time - totals[i - 1]!.time;
    if (!(step > 0 && step % intervalMs === 0)) {
      const problem = `${totals[i]!.time} is not a whole number of intervals (${intervalMs} ms) on from ${totals[i - 1]!.time}`;
      throw new RecordingError(`${path}, line ${i + 2}, column time_ms: ${problem}`);
    }
  }
  return { totals, intervalMs };
}

function table(path: string, text: string): Record<string, string>[] {
  try {
    return parse(text, { columns: true, bom: true, trim: true, skipEmptyLines: true });
  } catch (error) {
    throw new RecordingError(`${path} is not a CSV file: ${(error as Error).message}`, { cause: error });
  }
}

function amount(path: string, line: number, column: string, field: string): number {
  const value = Number(field);
  if (field === '' || !(value >= 0 && value < Number.MAX_SAFE_INTEGER)) {
    throw new RecordingError(
      `${path}, line ${line}, column ${column}: '${field.slice(0, 32)}' is not an amount from 0`,
    );
  }
  return value;
}
