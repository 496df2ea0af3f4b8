/** How far the log on this machine goes back and on for a symbol: what can be asked of its past. */
import type { LevelStep } from './market/price-grid.ts';
import { type SymbolBook, viewOf } from './market/symbol-book.ts';

export interface Past {
  /** Name in the log. */
  readonly stream: string;
  readonly epoch: string;
  readonly version: number;
  /** Exchange time of the newest event, ms. */
  readonly time: number;
  /** USD. */
  readonly price: number;
  readonly levelStep: LevelStep;
}

/** @returns null while there is nothing to see. */
export function pastOfBook(stream: string, epoch: string | undefined, book: SymbolBook | undefined): Past | null {
  if (book === undefined || epoch === undefined || book.levelStep === null) return null;
  const { version, time, price } = viewOf(book, null);
  const { levelStep } = book;
  return { stream, epoch, version, time, price, levelStep };
}
