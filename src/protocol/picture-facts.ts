/** What a picture says of a book beside its levels. */
import type { Book } from '../market/book.ts';
import type { PictureFacts } from './picture-text.ts';

/** @param before totals of the picture before; what is counted since then is the difference. */
export function pictureFacts(
  book: Book,
  symbol: string,
  epoch: string,
  timestamp: number,
  before: { readonly created: number; readonly consumed: number },
): PictureFacts {
  const createdTotal = book.long.created + book.short.created;
  const consumedTotal = book.long.consumed + book.short.consumed;
  return {
    symbol,
    epoch,
    seq: book.version,
    timestamp,
    marketTime: book.time,
    currentPrice: book.price,
    created: createdTotal - before.created,
    consumed: consumedTotal - before.consumed,
    createdTotal,
    consumedTotal,
    levelStep: book.levelStep!,
  };
}
