/**
 * What Bybit lists, with its open interest in USDT. Contracts with an end have it in their name (`BTCUSDT-26DEC25`), and those in
 * USDC end otherwise, so the name tells a USDT perpetual. `openInterestValue` counts both sides, `singleOpenInterestValue` one.
 */
import { bybitResult } from './bybit-result.ts';
import { decimalOf, fieldsOf, listOf } from './frame-fields.ts';
import { symbolList } from './symbol-list.ts';
import type { Venue } from './venue.ts';

export const bybitListing: Venue['listing'] = {
  requests: [{ path: '/v5/market/tickers?category=linear', weight: 1 }],
  read([body = '']) {
    const all = listOf(bybitResult(body).result.list, 'list');
    const perpetuals = all.filter((entry) => String(fieldsOf(entry, 'list').symbol).endsWith('USDT'));
    return symbolList(perpetuals, (ticker) =>
      'singleOpenInterestValue' in ticker
        ? decimalOf(ticker, 'singleOpenInterestValue')
        : decimalOf(ticker, 'openInterestValue') / 2,
    );
  },
};
