/** A venue by its name, with a memory of its own. */

import type { VenueName } from '../../market/venues.ts';
import { binanceVenue } from './binance-venue.ts';
import { bybitVenue } from './bybit-venue.ts';
import { okxVenue } from './okx-venue.ts';
import type { Venue } from './venue.ts';

/** @param contracts base units of one contract by symbol, where the venue counts in contracts and they were learned before. */
export function newVenue(name: VenueName, contracts?: ReadonlyMap<string, number>): Venue {
  switch (name) {
    case 'binance':
      return binanceVenue;
    case 'bybit':
      return bybitVenue();
    case 'okx':
      return okxVenue(contracts);
    default:
      return name satisfies never;
  }
}
