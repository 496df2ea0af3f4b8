/** OKX perpetuals against USDT. Source: its public documents of 2026. */
import type { Observation } from '../../market/event.ts';
import { FrameError } from './frame-error.ts';
import { fieldsOf } from './frame-fields.ts';
import { type OkxContracts, okxData, okxInstrument, readOkxContracts } from './okx-contracts.ts';
import { okxDecoder, okxTrades, streamId } from './okx-decoder.ts';
import { okxListing } from './okx-listing.ts';
import type { Venue } from './venue.ts';

/** 64 KB a message are allowed; the longest of these takes about 100 bytes. */
const streamsPerMessage = 400;
/** The last page is the newest hundred below the id that is asked for. */
const tradesPerPage = 100;

const channels = ['trades', 'mark-price', 'open-interest'] as const;

/**
 * One for each desk: it learns the sizes of contracts.
 * @param known sizes by symbol, where they were learned before.
 */
export function okxVenue(known: OkxContracts = new Map()): Venue {
  let contracts = known;
  return {
    name: 'okx',
    path: '/ws/v5/public',
    symbolsPerConnection: 100,
    subscribe(symbols) {
      const streams: Record<string, string>[] = symbols.flatMap((symbol) =>
        channels.map((channel) => ({ channel, instId: okxInstrument(symbol) })),
      );
      // There is only one for all symbols.
      streams.push({ channel: 'liquidation-orders', instType: 'SWAP' });
      const count = Math.ceil(streams.length / streamsPerMessage);
      return Array.from({ length: count }, (_, i) => {
        const args = streams.slice(i * streamsPerMessage, (i + 1) * streamsPerMessage);
        return { ids: args.map(streamId), text: JSON.stringify({ op: 'subscribe', args }) };
      });
    },
    // 480 an hour are allowed.
    messagePauseMs: 400,
    newDecoder: () => okxDecoder(() => contracts),
    // It cuts what was silent for 30 s.
    ping: { text: 'ping', everyMs: 20_000 },
    silenceMs: 30_000,
    isNumbered: true,
    markEveryMs: null,
    liquidationLagMs: 1000,
    liquidations: 'sampled',
    tradesPath(symbol, afterId) {
      // Only what is older than an id can be asked for without the newest coming instead, so the page ends a page further on.
      const query = `type=1&after=${afterId + tradesPerPage + 1}&limit=${tradesPerPage}`;
      return `/api/v5/market/history-trades?instId=${okxInstrument(symbol)}&${query}`;
    },
    tradesWeight: 1,
    readTrades(symbol, afterId, { body }) {
      const contractSize = contracts.get(symbol);
      if (contractSize === undefined) throw new FrameError('unknown_contract', `the size of ${symbol} is not known`);
      const trades = okxData(body)
        .flatMap((entry): Observation[] => okxTrades(fieldsOf(entry, 'trade'), contractSize))
        .filter(({ id }) => id > afterId)
        .sort((a, b) => a.id - b.id);
      const isCut = trades.length > 0 && trades[0]!.id !== afterId + 1;
      return { trades, isCut, hasMore: trades.at(-1)?.id === afterId + tradesPerPage };
    },
    openInterest: null,
    // The public table is in contracts per instrument family and changes with the price: not read, so a bundled one stands in.
    marginTiers: null,
    listing: okxListing,
    instruments: {
      path: '/api/v5/public/instruments?instType=SWAP',
      weight: 1,
      learn({ body }) {
        contracts = readOkxContracts(body);
        return contracts;
      },
    },
    timePath: '/api/v5/public/time',
    readTime({ body }) {
      const { ts } = fieldsOf(okxData(body)[0], 'time');
      const time = Number(ts);
      if (typeof ts === 'string' && Number.isSafeInteger(time) && time > 0) return time;
      throw new FrameError('bad_number', `ts is ${JSON.stringify(ts)}, not a time`);
    },
    // Twenty in two seconds for each address and question; counted together, so no question can go beyond its own.
    weight: { limit: 20, windowMs: 2000, usedHeader: null },
  };
}
