import { describe, expect, it } from 'vitest';
import { leverageNames, parseHistoryQuery } from '../../src/protocol/history-query.ts';

const parse = (query: string) => parseHistoryQuery(new URLSearchParams(query));
const messageOf = (query: string) => {
  const parsed = parse(query);
  return parsed.ok ? null : parsed.message;
};

describe('a question about the past', () => {
  it('needs a symbol and nothing else', () => {
    expect(parse('symbol=BTCUSDT')).toEqual({
      ok: true,
      query: { symbol: 'BTCUSDT', interval: '15m', mode: 'snapshot', leverage: 31 },
    });
  });

  it('takes moments as ISO 8601 and as ms, and bands by name or by a leverage within', () => {
    expect(
      parse(
        'symbol=A&start_time=2025-06-13T00:00:00Z&end_time=1749859200000&leverage=50-100x,20,100x%2B&price_bin_size=500',
      ),
    ).toMatchObject({
      query: { start_time: 1749772800000, end_time: 1749859200000, leverage: 0b11010, price_bin_size: 500 },
    });
    expect(leverageNames(0b11010)).toEqual(['10-25x', '50-100x', '100x+']);
  });

  it.each([
    ['', "Parameter 'symbol' is missing: name one of the symbols."],
    ['symbol=A&symbol=B', "Parameter 'symbol' is given twice. Give it once."],
    [
      'symbol=A&from=1',
      "Parameter 'from' is not known. Known: symbol, venue, start_time, end_time, interval, price_bin_size, leverage, limit, mode",
    ],
    ['symbol=A&interval=2m', "Parameter 'interval' must be one of 1m, 5m, 15m, 1h, 4h, 1d, not '2m'."],
    ['symbol=A&mode=grid', "Parameter 'mode' must be 'snapshot' or 'delta', not 'grid'."],
    ['symbol=A&price_bin_size=0', "Parameter 'price_bin_size' must be a number of USD above 0, not '0'."],
    ['symbol=A&price_bin_size=wide', "Parameter 'price_bin_size' must be a number of USD, not 'wide'."],
    [
      'symbol=A&leverage=0x',
      "Parameter 'leverage' must be leverage bands separated by commas, out of 1-10x, 10-25x, 25-50x, 50-100x, 100x+, not '0x'.",
    ],
    [
      'symbol=A&start_time=soon',
      "Parameter 'start_time' must be a moment: ISO 8601 such as 2025-06-13T00:00:00Z, or ms since 1970, not 'soon'.",
    ],
    ['symbol=A&limit=0', "Parameter 'limit' must be a whole number of at least 1, not '0'."],
    ['symbol=A&start_time=2&end_time=1', "Parameter 'start_time' must not be after 'end_time'."],
  ])('%s is answered with what is wrong', (query, message) => {
    expect(messageOf(query)).toBe(message);
  });

  it('never throws, and quotes no more than a little of what it was given', () => {
    expect(messageOf(`symbol=A&interval=${'9'.repeat(10_000)}`)!.length).toBeLessThan(200);
    expect(messageOf('symbol=A&start_time=99999999999999999999')).toContain('must be a moment');
  });
});
