/** Bybit v5 linear perpetuals. Source: its public documents of 2026. */
import type { Observation, TakerSide } from '../../market/event.ts';
import { bybitDecoder } from './bybit-decoder.ts';
import { bybitListing } from './bybit-listing.ts';
import { bybitMarginTiers } from './bybit-margin-tiers.ts';
import { bybitResult } from './bybit-result.ts';
import { BybitTradeIds, fillsPerSequence } from './bybit-trade-ids.ts';
import { FrameError } from './frame-error.ts';
import { decimalOf, type Fields, fieldsOf, listOf, parseFrame, priceOf, textOf, wholeOf } from './frame-fields.ts';
import { namedVenue } from './named-venue.ts';
import { symbolNames } from './symbol-names.ts';
import type { Venue } from './venue.ts';

/** 21,000 characters of topics a message are allowed. */
const topicsPerMessage = 300;
const tradesPerPage = 1000;

const bybit: Omit<Venue, 'newDecoder'> = {
  name: 'bybit',
  path: '/v5/public/linear',
  symbolsPerConnection: 200,
  subscribe(symbols) {
    const topics = symbols.flatMap((symbol) => [
      `publicTrade.${symbol}`,
      `tickers.${symbol}`,
      `allLiquidation.${symbol}`,
    ]);
    const count = Math.ceil(topics.length / topicsPerMessage);
    return Array.from({ length: count }, (_, i) => {
      const args = topics.slice(i * topicsPerMessage, (i + 1) * topicsPerMessage);
      return { ids: [String(i + 1)], text: JSON.stringify({ op: 'subscribe', req_id: String(i + 1), args }) };
    });
  },
  messagePauseMs: 100,
  ping: { text: '{"op":"ping"}', everyMs: 20_000 },
  silenceMs: 30_000,
  isNumbered: false,
  markEveryMs: null,
  liquidationLagMs: 500,
  liquidations: 'complete',
  tradesPath: (symbol) => `/v5/market/recent-trade?category=linear&symbol=${symbol}&limit=${tradesPerPage}`,
  tradesWeight: 1,
  readTrades(symbol, afterId, { body }) {
    const list = listOf(bybitResult(body).result.list, 'list');
    const entries = list.map((entry) => fieldsOf(entry, 'list')).reverse();
    const ids = new BybitTradeIds();
    const read = entries.map((entry) => trade(entry, ids.idOf(symbol, sequenceOf(entry), textOf(entry, 'execId'))));
    // Of the oldest sequence some fills may be missing, so their places are not known.
    const oldest = sequenceNumber(read[0]?.id ?? 0);
    const isWhole = read.length < tradesPerPage || oldest <= sequenceNumber(afterId);
    const trades = isWhole ? read : read.filter(({ id }) => sequenceNumber(id) > oldest);
    return { trades: trades.filter(({ id }) => id > afterId), isCut: !isWhole, hasMore: false };
  },
  openInterest: null,
  marginTiers: bybitMarginTiers,
  listing: bybitListing,
  instruments: null,
  timePath: '/v5/market/time',
  readTime: ({ body }) => wholeOf(fieldsOf(parseFrame(body), 'time'), 'time'),
  weight: { limit: 600, windowMs: 5000, usedHeader: null },
};

const names = symbolNames([['SHIB1000USDT', '1000SHIBUSDT']]);

/** One for each desk: its connections share how they number trades. */
export function bybitVenue(): Venue {
  const ids = new BybitTradeIds();
  return namedVenue({ ...bybit, newDecoder: () => bybitDecoder(ids) }, names);
}

function sequenceNumber(id: number): number {
  return Math.floor(id / fillsPerSequence);
}

function sequenceOf(entry: Fields): number {
  return wholeOf({ seq: Number(textOf(entry, 'seq')) }, 'seq');
}

const takerSides: Readonly<Record<string, TakerSide>> = { Buy: 'buy', Sell: 'sell' };

function trade(entry: Fields, id: number): Observation {
  const taker = takerSides[textOf(entry, 'side')];
  if (taker === undefined) throw new FrameError('bad_side', `side is '${entry.side}', not Buy or Sell`);
  const time = wholeOf({ time: Number(textOf(entry, 'time')) }, 'time');
  return { kind: 'trade', time, id, price: priceOf(entry, 'price'), quantity: decimalOf(entry, 'size'), taker };
}
