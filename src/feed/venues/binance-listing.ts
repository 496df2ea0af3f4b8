/**
 * What Binance lists, with the volume of the last 24 hours in USDT in place of open interest: that is told one symbol at a time, and
 * asking for 600 of them would take a quarter of a minute's allowance at every start.
 */
import { FrameError } from './frame-error.ts';
import { decimalOf, type Fields, fieldsOf, listOf, parseFrame } from './frame-fields.ts';
import { symbolList } from './symbol-list.ts';
import type { Venue } from './venue.ts';

export const binanceListing: Venue['listing'] = {
  requests: [
    { path: '/fapi/v1/exchangeInfo', weight: 1 },
    { path: '/fapi/v1/ticker/24hr', weight: 40 },
  ],
  read([contracts = '', volumes = '']) {
    const tickers = new Map(
      listOf(parseFrame(volumes), 'ticker').map((entry) => {
        const fields = fieldsOf(entry, 'ticker');
        return [fields.symbol, fields];
      }),
    );
    const all = listOf(fieldsOf(parseFrame(contracts), 'exchangeInfo').symbols, 'symbols');
    const perpetuals = all.filter((entry) => {
      const { contractType, quoteAsset, status } = fieldsOf(entry, 'symbols');
      return contractType === 'PERPETUAL' && quoteAsset === 'USDT' && status === 'TRADING';
    });
    return symbolList(perpetuals, ({ symbol }) => volumeOf(tickers.get(symbol)));
  },
};

function volumeOf(ticker: Fields | undefined): number {
  if (ticker === undefined) throw new FrameError('bad_list', 'no ticker');
  return decimalOf(ticker, 'quoteVolume');
}
