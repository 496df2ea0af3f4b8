/** Which symbols are served out of what venues list: those with the most open interest of all venues together, the greatest first. */
import type { SymbolList } from './venue.ts';

export function rankSymbols(lists: readonly SymbolList['listed'][], most: number): string[] {
  const sums = new Map<string, number>();
  for (const { symbol, openInterest } of lists.flat()) sums.set(symbol, (sums.get(symbol) ?? 0) + openInterest);
  // Equal ones by name, so that the same lists always give the same symbols.
  const ranked = [...sums].sort(([a, inA], [b, inB]) => inB - inA || (a < b ? -1 : 1));
  return ranked.slice(0, most).map(([symbol]) => symbol);
}
