/** How each venue speaks, by its name. */
import type { VenueName } from '../../src/market/venues.ts';
import type { VenueProtocol } from './venue-protocol.ts';
import { binanceProtocol } from './venue-protocol-binance.ts';
import { bybitProtocol } from './venue-protocol-bybit.ts';
import { okxProtocol } from './venue-protocol-okx.ts';

export const venueProtocols: Readonly<Record<VenueName, VenueProtocol>> = {
  binance: binanceProtocol,
  bybit: bybitProtocol,
  okx: okxProtocol,
};
