/** What pictures are called: the symbol for all venues together (`BTCUSDT`), the venue before it for one of them (`binance:BTCUSDT`). */
import { isVenueName, type VenueName } from './venues.ts';

export interface Pictured {
  readonly symbol: string;
  /** `null`: all together. */
  readonly venue: VenueName | null;
}

export function pictureName({ symbol, venue }: Pictured): string {
  return venue === null ? symbol : `${venue}:${symbol}`;
}

export function picturedBy(name: string): Pictured {
  const colon = name.indexOf(':');
  const venue = name.slice(0, Math.max(colon, 0));
  return isVenueName(venue) ? { symbol: name.slice(colon + 1), venue } : { symbol: name, venue: null };
}

/** Of each symbol first all together, then each venue. */
export function pictureNames(symbols: readonly string[], venues: readonly VenueName[]): string[] {
  return symbols.flatMap((symbol) => [null, ...venues].map((venue) => pictureName({ symbol, venue })));
}
