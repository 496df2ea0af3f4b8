/**
 * Bybit's `GET /v5/market/risk-limit` as brackets of margin: `riskLimitValue` is the cap in USDT, `maintenanceMargin` the rate as a
 * share, `mmDeduction` the amount, empty for the lowest bracket and for the whole table of some symbols.
 */
import { bybitResult } from './bybit-result.ts';
import { decimalOf, fieldsOf, listOf, textOf, wholeOf } from './frame-fields.ts';
import type { MarginTierPage } from './venue.ts';

export const bybitMarginTiers = {
  weight: 1,
  path: (symbol: string, cursor: string): string =>
    `/v5/market/risk-limit?category=linear&symbol=${symbol}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
  /** @throws {FrameError} */
  read(symbol: string, body: string): MarginTierPage {
    const { result, time } = bybitResult(body);
    const rows = listOf(result.list, 'list').map((entry) => fieldsOf(entry, 'list'));
    const brackets = rows
      .filter((row) => textOf(row, 'symbol') === symbol)
      .map((row) => ({
        notionalCap: decimalOf(row, 'riskLimitValue'),
        maintenanceRate: decimalOf(row, 'maintenanceMargin'),
        maintenanceAmount: (row.mmDeduction ?? '') === '' ? null : decimalOf(row, 'mmDeduction'),
        maxLeverage: decimalOf(row, 'maxLeverage'),
      }));
    const { nextPageCursor: cursor = '' } = result;
    return {
      time: wholeOf({ time }, 'time'),
      brackets,
      cursor: cursor === '' ? '' : textOf({ cursor }, 'cursor'),
    };
  },
};
