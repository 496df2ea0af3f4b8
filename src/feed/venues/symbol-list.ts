/** Entries of a venue's list as a list of symbols: what is no symbol of ours or cannot be read is left out by name, and costs only itself. */
import { symbolName } from '../symbol-name.ts';
import { FrameError } from './frame-error.ts';
import { type Fields, fieldsOf, textOf } from './frame-fields.ts';
import type { SymbolList } from './venue.ts';

/**
 * @param openInterestOf reads it from an entry, in USD.
 * @throws {FrameError} `bad_list` when nothing is left.
 */
export function symbolList(entries: readonly unknown[], openInterestOf: (entry: Fields) => number): SymbolList {
  const listed: SymbolList['listed'][number][] = [];
  const leftOut: string[] = [];
  for (const entry of entries) {
    let name = 'an entry without a name';
    try {
      const fields = fieldsOf(entry, 'entry');
      name = textOf(fields, 'symbol');
      if (symbolName.test(name)) listed.push({ symbol: name, openInterest: openInterestOf(fields) });
      else leftOut.push(name);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      leftOut.push(name);
    }
  }
  if (listed.length === 0) throw new FrameError('bad_list', `no USDT perpetual among ${entries.length} entries`);
  return { listed, leftOut };
}
