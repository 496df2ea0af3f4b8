import { describe, expect, it } from 'vitest';
import { bybitMarginTiers } from '../../../src/feed/venues/bybit-margin-tiers.ts';
import { marginTierTable } from '../../../src/feed/venues/margin-tier-table.ts';

/** In the form of the venue's published answer. */
const lowest = {
  id: 1,
  symbol: 'BTCUSDT',
  riskLimitValue: '2000000',
  maintenanceMargin: '0.005',
  initialMargin: '0.01',
  isLowestRisk: 1,
  maxLeverage: '100.00',
  mmDeduction: '',
};
const next = {
  ...lowest,
  id: 2,
  riskLimitValue: '2600000',
  maintenanceMargin: '0.0056',
  initialMargin: '0.0111',
  isLowestRisk: 0,
  maxLeverage: '90.00',
  mmDeduction: '1200',
};
const answer = (list: unknown, more: object = {}) =>
  JSON.stringify({
    retCode: 0,
    retMsg: 'OK',
    result: { category: 'linear', list, ...more },
    retExtInfo: {},
    time: 1672054488010,
  });
const read = (body: string) => bybitMarginTiers.read('BTCUSDT', body);

describe('risk limits of Bybit', () => {
  it('are brackets: cap, rate as a share, amount where one is told, highest leverage', () => {
    const { time, brackets, cursor } = read(answer([lowest, next, { ...lowest, symbol: 'ETHUSDT' }]));
    expect({ time, cursor }).toEqual({ time: 1672054488010, cursor: '' });
    expect(brackets).toEqual([
      { notionalCap: 2_000_000, maintenanceRate: 0.005, maintenanceAmount: null, maxLeverage: 100 },
      { notionalCap: 2_600_000, maintenanceRate: 0.0056, maintenanceAmount: 1200, maxLeverage: 90 },
    ]);
    expect(marginTierTable('BTCUSDT', brackets)[1]).toEqual(brackets[1]);
  });

  it('name the next page, and it is asked for as it was named', () => {
    const { cursor } = read(answer([lowest], { nextPageCursor: 'a=1&b' }));
    expect(cursor).toBe('a=1&b');
    const url = new URL(bybitMarginTiers.path('BTCUSDT', cursor), 'http://venue');
    expect(Object.fromEntries(url.searchParams)).toEqual({ category: 'linear', symbol: 'BTCUSDT', cursor: 'a=1&b' });
    expect(read(answer([lowest], { nextPageCursor: '' })).cursor).toBe('');
  });

  it.each([
    ['an answer that says it failed', '{"retCode":10001,"retMsg":"params error","result":{}}', /retCode 10001/],
    ['no list', answer(undefined), /list is undefined, not a list/],
    ['a rate that is a number', answer([{ ...lowest, maintenanceMargin: 0.5 }]), /maintenanceMargin is 0.5/],
    ['an amount below nothing', answer([{ ...lowest, mmDeduction: '-1' }]), /mmDeduction is '-1'/],
    ['a cursor that is none', answer([lowest], { nextPageCursor: 7 }), /cursor is 7, not a text/],
    ['no text of JSON', '<html>', /not JSON/],
  ])('with %s are refused by name', (_, body, message) => {
    expect(() => read(body)).toThrow(message);
  });
});
