/** What a picture says of its books beside its levels. */
import { type BookView, cohortsOf } from '../market/symbol-book.ts';
import type { PictureFacts } from './picture-text.ts';

/** @param before totals of the picture before; what is counted since then is the difference. */
export function pictureFacts(
  view: BookView,
  symbol: string,
  epoch: string,
  timestamp: number,
  before: { readonly created: number; readonly consumed: number },
): PictureFacts {
  const { created: createdTotal, consumed: consumedTotal } = cohortsOf(view);
  return {
    symbol,
    epoch,
    seq: view.version,
    timestamp,
    marketTime: view.time,
    currentPrice: view.price,
    created: createdTotal - before.created,
    consumed: consumedTotal - before.consumed,
    createdTotal,
    consumedTotal,
    levelStep: view.levelStep!,
  };
}
