/** Where there are no news to tell. */
import { NewsDesk } from '../../src/actors/news-desk.ts';

export function noNews(...symbols: string[]): NewsDesk {
  return new NewsDesk({ symbols, recentLiquidations: 0 });
}
