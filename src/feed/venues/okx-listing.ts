/** What OKX lists as perpetuals against USDT, with its open interest in USD. */
import { decimalOf, type Fields } from './frame-fields.ts';
import { okxData, okxSymbol } from './okx-contracts.ts';
import { symbolList } from './symbol-list.ts';
import type { Venue } from './venue.ts';

export const okxListing: Venue['listing'] = {
  requests: [{ path: '/api/v5/public/open-interest?instType=SWAP', weight: 1 }],
  read([body = '']) {
    const perpetuals = okxData(body).flatMap((entry) => {
      const fields: Fields = Object(entry);
      // What has no name is for the list to leave out.
      if (typeof fields.instId !== 'string') return [entry];
      const symbol = okxSymbol(fields.instId);
      return symbol === null ? [] : [{ ...fields, symbol }];
    });
    return symbolList(perpetuals, (entry) => decimalOf(entry, 'oiUsd'));
  },
};
