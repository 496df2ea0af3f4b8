/** Binance USD-M futures. Source: its public documents of 2026; market streams have an address of their own since then. */
import type { Observation } from '../../market/event.ts';
import { binanceDecoder } from './binance-decoder.ts';
import { binanceListing } from './binance-listing.ts';
import { decimalOf, fieldsOf, listOf, parseFrame, priceOf, wholeOf } from './frame-fields.ts';
import { namedVenue } from './named-venue.ts';
import { symbolNames } from './symbol-names.ts';
import type { Venue } from './venue.ts';

/** 200 streams a connection; a symbol has three, all of one symbol share a connection, and one has a stream of all contracts besides. */
const symbolsPerConnection = 66;
const streamsPerMessage = 99;
const tradesPerPage = 1000;

const binance: Venue = {
  name: 'binance',
  path: '/market/stream',
  symbolsPerConnection,
  subscribe(symbols, isFirst) {
    const ofSymbols = symbols.flatMap((symbol) => {
      const name = symbol.toLowerCase();
      return [`${name}@aggTrade`, `${name}@markPrice@1s`, `${name}@forceOrder`];
    });
    const streams = isFirst ? [...ofSymbols, '!contractInfo'] : ofSymbols;
    const count = Math.ceil(streams.length / streamsPerMessage);
    return Array.from({ length: count }, (_, i) => {
      const params = streams.slice(i * streamsPerMessage, (i + 1) * streamsPerMessage);
      return { ids: [String(i + 1)], text: JSON.stringify({ method: 'SUBSCRIBE', params, id: i + 1 }) };
    });
  },
  // Ten a second are allowed, pongs among them.
  messagePauseMs: 250,
  newDecoder: binanceDecoder,
  ping: null,
  silenceMs: 15_000,
  isNumbered: true,
  markEveryMs: 1000,
  liquidationLagMs: 1000,
  liquidations: 'sampled',
  tradesPath: (symbol, afterId) => `/fapi/v1/aggTrades?symbol=${symbol}&fromId=${afterId + 1}&limit=${tradesPerPage}`,
  tradesWeight: 20,
  readTrades(_symbol, afterId, { body }) {
    const entries = listOf(parseFrame(body), 'aggTrades');
    const trades = entries.map((entry): Observation => {
      const fields = fieldsOf(entry, 'aggTrades');
      return {
        kind: 'trade',
        time: wholeOf(fields, 'T'),
        id: wholeOf(fields, 'a'),
        price: priceOf(fields, 'p'),
        quantity: decimalOf(fields, 'q'),
        taker: fields.m === true ? 'sell' : 'buy',
      };
    });
    const isCut = trades.length > 0 && trades[0]!.id !== afterId + 1;
    return { trades, isCut, hasMore: trades.length === tradesPerPage };
  },
  openInterest: {
    path: (symbol) => `/fapi/v1/openInterest?symbol=${symbol}`,
    weight: 1,
    read({ body }) {
      const fields = fieldsOf(parseFrame(body), 'openInterest');
      const time = wholeOf(fields, 'time');
      return { kind: 'open_interest', time, id: time, contracts: decimalOf(fields, 'openInterest') };
    },
  },
  // The table on request needs a key.
  marginTiers: null,
  listing: binanceListing,
  instruments: null,
  timePath: '/fapi/v1/time',
  readTime: ({ body }) => wholeOf(fieldsOf(parseFrame(body), 'time'), 'serverTime'),
  weight: { limit: 2400, windowMs: 60_000, usedHeader: 'x-mbx-used-weight-1m' },
};

export const binanceVenue = namedVenue(binance, symbolNames([['1MBABYDOGEUSDT', '1000000BABYDOGEUSDT']]));
