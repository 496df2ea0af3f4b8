import { describe, expect, it } from 'vitest';
import { binanceDecoder } from '../../../src/feed/venues/binance-decoder.ts';
import { holdsAgainstGarbage } from './decoder-laws.ts';

const decode = (frame: unknown) => binanceDecoder()(typeof frame === 'string' ? frame : JSON.stringify(frame));
/** The venue's published examples. */
const aggregateTrade = {
  e: 'aggTrade',
  E: 123456789,
  s: 'BTCUSDT',
  a: 5933014,
  p: '0.001',
  q: '100',
  f: 100,
  l: 105,
  T: 123456785,
  m: true,
};
const markPrice = {
  e: 'markPriceUpdate',
  E: 1562305380000,
  s: 'BTCUSDT',
  p: '11794.15000000',
  i: '11784.62659091',
  P: '11784.25641265',
  r: '0.00038167',
  T: 1562306400000,
};
const forcedOrder = {
  e: 'forceOrder',
  E: 1568014460893,
  o: {
    s: 'BTCUSDT',
    S: 'SELL',
    o: 'LIMIT',
    f: 'IOC',
    q: '0.014',
    p: '9910',
    ap: '9910',
    X: 'FILLED',
    l: '0.014',
    z: '0.014',
    T: 1568014460893,
  },
};
const contractInfo = {
  e: 'contractInfo',
  E: 1669356423908,
  s: 'IOTAUSDT',
  ps: 'IOTAUSDT',
  ct: 'PERPETUAL',
  dt: 4133404800000,
  ot: 1569398400000,
  cs: 'TRADING',
  bks: [
    { bs: 1, bnf: 0, bnc: 5000, mmr: 0.01, cf: 0, mi: 21, ma: 50 },
    { bs: 2, bnf: 5000, bnc: 25000, mmr: 0.025, cf: 75, mi: 11, ma: 20 },
  ],
};

describe('a frame of Binance', () => {
  it('whose buyer is the maker is a taker’s sale, under its aggregate id and trade time', () => {
    const observation = { kind: 'trade', time: 123456785, id: 5933014, price: 0.001, quantity: 100, taker: 'sell' };
    expect(decode(aggregateTrade)).toEqual({
      outcome: 'market',
      observations: [{ symbol: 'BTCUSDT', observation }],
      errors: [],
    });
    expect(decode({ ...aggregateTrade, m: false })).toMatchObject({
      observations: [{ observation: { taker: 'buy' } }],
    });
  });

  it('says the same wrapped in its stream’s name, and with keys nobody knows', () => {
    const wrapped = { stream: 'btcusdt@aggTrade', data: { ...aggregateTrade, nq: '99', X: { Y: [1] } } };
    expect(decode(wrapped)).toEqual(decode(aggregateTrade));
  });

  it('is a mark price at its event time, alone or in a list of all symbols', () => {
    const observation = { kind: 'mark_price', time: 1562305380000, id: 1562305380000, price: 11794.15 };
    expect(decode(markPrice)).toMatchObject({ observations: [{ symbol: 'BTCUSDT', observation }] });
    const list = [markPrice, { ...markPrice, s: 'ETHUSDT', p: '210.5' }];
    expect(decode({ stream: '!markPrice@arr@1s', data: list })).toMatchObject({
      observations: [
        { symbol: 'BTCUSDT', observation },
        { symbol: 'ETHUSDT', observation: { price: 210.5 } },
      ],
    });
  });

  it('that forces a sale liquidated a long, at the average price and for what was filled', () => {
    const partly = { ...forcedOrder, o: { ...forcedOrder.o, ap: '9905.5', q: '0.020' } };
    expect(decode(partly)).toMatchObject({
      observations: [
        { symbol: 'BTCUSDT', observation: { kind: 'liquidation', price: 9905.5, quantity: 0.014, side: 'long' } },
      ],
    });
    const bought = { ...forcedOrder, o: { ...forcedOrder.o, S: 'BUY' } };
    expect(decode(bought)).toMatchObject({ observations: [{ observation: { side: 'short' } }] });
  });

  it('that tells of a contract has its margin tiers when they changed, and is unused when they did not', () => {
    const tiers = [
      { notionalCap: 5000, maintenanceRate: 0.01, maintenanceAmount: 0, maxLeverage: 50 },
      { notionalCap: 25000, maintenanceRate: 0.025, maintenanceAmount: 75, maxLeverage: 20 },
    ];
    expect(decode({ stream: '!contractInfo', data: contractInfo })).toEqual({
      outcome: 'margin_tiers',
      symbol: 'IOTAUSDT',
      observation: { kind: 'margin_tiers', time: 1669356423908, id: 1669356423908, tiers },
    });
    for (const bks of [undefined, []]) {
      expect(decode({ ...contractInfo, bks })).toEqual({ outcome: 'unused', topic: 'contractInfo' });
    }
  });

  it.each([
    ['a hole between two brackets', { bnf: 6000 }],
    ['an amount that leaves a step', { cf: 77 }],
    ['a rate in percent', { mmr: 2.5 }],
    ['a rate as text', { mmr: '0.025' }],
    ['no cap', { bnc: undefined }],
  ])('with %s is a refused table by name, and no doubt about the market', (_, change) => {
    const frame = { ...contractInfo, bks: [contractInfo.bks[0], { ...contractInfo.bks[1], ...change }] };
    expect(decode(frame)).toMatchObject({ outcome: 'bad_margin_tiers', error: { code: 'bad_tiers' } });
  });

  it('costs only the bad entry of a list', () => {
    expect(decode([{ ...markPrice, p: '-1' }, markPrice, 7])).toMatchObject({
      observations: [{ symbol: 'BTCUSDT' }],
      errors: [{ code: 'bad_number' }, { code: 'not_an_object' }],
    });
  });

  it('answers requests, and other kinds are named as unused', () => {
    expect(decode({ result: null, id: 3 })).toEqual({ outcome: 'answer', id: '3', ok: true, message: '' });
    expect(decode({ error: { code: 2, msg: 'Invalid request' }, id: 4 })).toMatchObject({
      outcome: 'answer',
      ok: false,
    });
    expect(decode({ e: 'depthUpdate' })).toEqual({ outcome: 'unused', topic: 'depthUpdate' });
  });

  it.each([
    ['half a frame', JSON.stringify(aggregateTrade).slice(0, 60), 'not_json'],
    ['a number', '7', 'not_an_object'],
    ['a price that is a number', { ...aggregateTrade, p: 0.001 }, 'bad_number'],
    ['a price of nothing', { ...aggregateTrade, p: '0' }, 'bad_number'],
    ['a quantity with an exponent', { ...aggregateTrade, q: '1e9' }, 'bad_number'],
    ['an id as text', { ...aggregateTrade, a: '5933014' }, 'bad_number'],
    ['a side that is not one', { ...aggregateTrade, m: 'true' }, 'bad_side'],
    ['a side that cannot be made a text', { ...aggregateTrade, m: { toString: 1 } }, 'bad_side'],
    ['no symbol', { ...aggregateTrade, s: undefined }, 'bad_text'],
    ['an order side that is not one', { ...forcedOrder, o: { ...forcedOrder.o, S: 'constructor' } }, 'bad_side'],
  ])('with %s is bad by name', (_, frame, code) => {
    expect(decode(frame)).toMatchObject({ outcome: 'bad', error: { code } });
  });

  holdsAgainstGarbage(binanceDecoder, [
    aggregateTrade,
    markPrice,
    forcedOrder,
    contractInfo,
    [markPrice],
    { result: null, id: 1 },
  ]);
});
