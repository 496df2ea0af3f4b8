/** Settings of live venues. */
import { z } from 'zod';
import { isVenueName, venueNames } from '../market/venues.ts';
import { list, number, seconds, setting, whole } from './setting-kinds.ts';

const venueList = list
  .refine((items) => items.length >= 1 && new Set(items).size === items.length)
  .refine((items) => items.every(isVenueName))
  .transform((items) => items.filter(isVenueName));

/** Of streams or requests, without the path. */
function address(doc: string, value: string) {
  const protocols = value.startsWith('wss') ? ['ws:', 'wss:'] : ['http:', 'https:'];
  const schema = z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol));
  return setting(schema, { doc, default: value, allowed: `an address that begins with ${protocols.join('// or ')}//` });
}

export const venueSettings = {
  VENUES: setting(venueList, {
    doc: 'Venues to listen to, with SOURCE=live',
    default: 'binance,bybit',
    allowed: `different names out of ${venueNames.join(', ')}, separated by commas`,
  }),
  VENUE_BINANCE_STREAM: address('Host of Binance’s streams', 'wss://fstream.binance.com'),
  VENUE_BINANCE_REST: address('Host of Binance’s requests', 'https://fapi.binance.com'),
  VENUE_BYBIT_STREAM: address('Host of Bybit’s streams', 'wss://stream.bybit.com'),
  VENUE_BYBIT_REST: address('Host of Bybit’s requests', 'https://api.bybit.com'),
  VENUE_OKX_STREAM: address('Host of OKX’s streams', 'wss://ws.okx.com'),
  VENUE_OKX_REST: address('Host of OKX’s requests', 'https://www.okx.com'),
  VENUE_LIST_TIMEOUT: seconds({
    min: 1,
    max: 600,
    default: 90,
    doc: 'With SYMBOLS=all: how long a venue is asked for its symbols before the start fails; a refusal may cost a minute',
  }),
  VENUE_LIFETIME: seconds({
    min: 1,
    max: 86400,
    default: 84600,
    doc: 'Age at which a connection to a venue gets its successor; venues cut at 24 h',
  }),
  VENUE_OVERLAP: seconds({
    min: 0.1,
    max: 600,
    default: 10,
    doc: 'How long a connection and its successor both deliver',
  }),
  VENUE_RECONNECT_MAX: seconds({
    min: 0.1,
    max: 3600,
    default: 30,
    doc: 'Longest wait before a venue is connected to again; the bound doubles from 0.5 s',
  }),
  VENUE_ORDER_WINDOW: seconds({
    min: 0,
    max: 10,
    default: 0.025,
    doc: 'How long a fact of a venue is held for those that it overtook; 0: not at all',
  }),
  VENUE_MAX_HELD: whole({
    min: 100,
    max: 1e6,
    default: 20000,
    doc: 'Facts of one symbol of a venue that may wait; what comes beyond is a gap unless it can be got later',
  }),
  VENUE_FILL_TIMEOUT: seconds({
    min: 0.5,
    max: 600,
    default: 10,
    doc: 'How long lost trades are asked for before they are told as a gap',
  }),
  VENUE_OPEN_INTEREST: seconds({
    min: 1,
    max: 3600,
    default: 10,
    doc: 'How often a symbol is asked for its open interest, where no stream tells it and the venue’s allowance lets it',
  }),
  VENUE_STALE_AFTER: number({
    min: 1,
    max: 3600,
    default: 30,
    unit: 's',
    doc: 'A venue that was not heard for longer is stale, and its pictures say so',
  }),
} as const;
