import { describe, expect, it } from 'vitest';
import { bybitDecoder } from '../../../src/feed/venues/bybit-decoder.ts';
import { holdsAgainstGarbage } from './decoder-laws.ts';

const decode = (frame: unknown, decoder = bybitDecoder()) =>
  decoder(typeof frame === 'string' ? frame : JSON.stringify(frame));

/** The venue's published examples. */
const fill = {
  T: 1672304486865,
  s: 'BTCUSDT',
  S: 'Buy',
  v: '0.001',
  p: '16578.50',
  L: 'PlusTick',
  i: '20f43950-d8dd-5b31-9112-a178eb6023af',
  BT: false,
  seq: 1783284617,
};
const trade = { topic: 'publicTrade.BTCUSDT', type: 'snapshot', ts: 1672304486868, data: [fill] };
const liquidated = { T: 1739502302929, s: 'ROSEUSDT', S: 'Sell', v: '20000', p: '0.04499' };
const liquidation = { topic: 'allLiquidation.ROSEUSDT', type: 'snapshot', ts: 1739502303204, data: [liquidated] };
const ticker = (data: object, type = 'delta') => ({
  topic: 'tickers.BTCUSDT',
  type,
  data: { symbol: 'BTCUSDT', ...data },
  cs: 24987956059,
  ts: 1673272861686,
});

describe('a frame of Bybit', () => {
  it('that is a trade names the taker’s side', () => {
    expect(decode(trade)).toEqual({
      outcome: 'market',
      observations: [
        {
          symbol: 'BTCUSDT',
          observation: {
            kind: 'trade',
            time: 1672304486865,
            id: 1783284617000,
            price: 16578.5,
            quantity: 0.001,
            taker: 'buy',
          },
        },
      ],
      errors: [],
    });
  });

  it('numbers the fills of one order in their place, over frames and symbols, and knows them again', () => {
    const decoder = bybitDecoder();
    const other = { ...fill, i: 'another' };
    const idsOf = (frame: unknown) => {
      const decoded = decode(frame, decoder);
      return decoded.outcome === 'market' ? decoded.observations.map(({ observation }) => observation.id) : [];
    };
    expect(idsOf({ ...trade, data: [fill, other, { ...fill, seq: 1783284618 }] })).toEqual([
      1783284617000, 1783284617001, 1783284618000,
    ]);
    expect(idsOf({ ...trade, data: [{ ...fill, s: 'ETHUSDT', seq: 1783284618 }] })).toEqual([1783284618000]);
    expect(idsOf({ ...trade, data: [{ ...other, seq: 1783284618 }] })).toEqual([1783284618001]);
    expect(idsOf({ ...trade, data: [other, fill] })).toEqual([1783284617001, 1783284617000]);
  });

  it('that liquidates names the side of the position: Buy was a long', () => {
    const observation = { kind: 'liquidation', time: 1739502302929, price: 0.04499, quantity: 20000, side: 'short' };
    expect(decode(liquidation)).toMatchObject({ observations: [{ symbol: 'ROSEUSDT', observation }] });
    const long = { ...liquidation, data: [{ ...liquidated, S: 'Buy' }] };
    expect(decode(long)).toMatchObject({ observations: [{ observation: { side: 'long' } }] });
  });

  it('gives liquidations of one moment different ids', () => {
    const decoded = decode({ ...liquidation, data: [liquidated, liquidated] });
    expect(decoded).toMatchObject({
      observations: [{ observation: { id: 1739502302929000 } }, { observation: { id: 1739502302929001 } }],
    });
  });

  it('that is a ticker says what it carries and nothing else', () => {
    const kinds = (data: object) => {
      const decoded = decode(ticker(data));
      return decoded.outcome === 'market' ? decoded.observations.map(({ observation }) => observation) : decoded;
    };
    const at = { time: 1673272861686, id: 1673272861686 };
    expect(kinds({ bid1Price: '1' })).toEqual([]);
    expect(kinds({ markPrice: '17217.33' })).toEqual([{ kind: 'mark_price', ...at, price: 17217.33 }]);
    expect(kinds({ openInterest: '68744.761' })).toEqual([{ kind: 'open_interest', ...at, contracts: 34372.3805 }]);
    expect(kinds({ openInterest: '6738053.9', singleOpenInterest: '3369027' })).toEqual([
      { kind: 'open_interest', ...at, contracts: 3369027 },
    ]);
  });

  it('costs only the bad entry of a list', () => {
    expect(decode({ ...trade, data: [{ ...fill, p: 'x' }, fill, null] })).toMatchObject({
      observations: [{ symbol: 'BTCUSDT' }],
      errors: [{ code: 'bad_number' }, { code: 'not_an_object' }],
    });
  });

  it('answers requests and pings, and other topics are named as unused', () => {
    expect(decode({ success: true, ret_msg: '', conn_id: 'x', req_id: '7', op: 'subscribe' })).toEqual({
      outcome: 'answer',
      id: '7',
      ok: true,
      message: '',
    });
    expect(decode({ success: false, ret_msg: 'handler not found', op: 'subscribe' })).toMatchObject({
      ok: false,
      message: 'handler not found',
    });
    expect(decode({ success: true, ret_msg: 'pong', conn_id: 'x', op: 'ping' })).toEqual({ outcome: 'pong' });
    expect(decode({ topic: 'orderbook.50.BTCUSDT' })).toEqual({ outcome: 'unused', topic: 'orderbook.50.BTCUSDT' });
  });

  it.each([
    ['half a frame', JSON.stringify(trade).slice(0, 80), 'not_json'],
    ['a list', [trade], 'not_an_object'],
    ['no list of trades', { ...trade, data: fill }, 'bad_list'],
    ['no time', { ...ticker({ markPrice: '1' }), ts: null }, 'bad_number'],
    ['a mark of nothing', ticker({ markPrice: '' }), 'bad_number'],
    ['a negative open interest', ticker({ openInterest: '-3' }), 'bad_number'],
    ['no topic', { data: [] }, 'bad_text'],
  ])('with %s is bad by name', (_, frame, code) => {
    expect(decode(frame)).toMatchObject({ outcome: 'bad', error: { code } });
  });

  holdsAgainstGarbage(bybitDecoder, [trade, liquidation, ticker({ markPrice: '1', openInterest: '2' })]);
});
