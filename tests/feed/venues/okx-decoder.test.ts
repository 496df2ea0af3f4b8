import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseUnits, okxInstrument, okxSymbol, readOkxContracts } from '../../../src/feed/venues/okx-contracts.ts';
import { okxDecoder } from '../../../src/feed/venues/okx-decoder.ts';
import { okxVenue } from '../../../src/feed/venues/okx-venue.ts';
import { holdsAgainstGarbage } from './decoder-laws.ts';

const contracts = new Map([
  ['BTCUSDT', 0.01],
  ['IOSTUSDT', 1000],
]);
const newDecoder = () => okxDecoder(() => contracts);
const decode = (frame: unknown) => newDecoder()(typeof frame === 'string' ? frame : JSON.stringify(frame));
const pushed = (channel: string, ...data: object[]) => ({ arg: { channel, instId: 'BTC-USDT-SWAP' }, data });

/** The venue's published examples, of a perpetual. */
const fill = {
  instId: 'BTC-USDT-SWAP',
  tradeId: '130639474',
  px: '42219.9',
  sz: '6',
  side: 'buy',
  ts: '1630048897897',
  count: '3',
  source: '0',
  seqId: 1234,
};
const marked = { instType: 'SWAP', instId: 'BTC-USDT-SWAP', markPx: '42310.6', ts: '1630049139746' };
const open = {
  instType: 'SWAP',
  instId: 'BTC-USDT-SWAP',
  oi: '2216113.01',
  oiCcy: '22161.1301',
  ts: '1743041250440',
};
const detail = {
  bkLoss: '0',
  bkPx: '0.007831',
  ccy: '',
  posSide: 'short',
  side: 'buy',
  sz: '13',
  ts: '1692266434010',
};
const liquidated = { details: [detail], instFamily: 'IOST-USDT', instId: 'IOST-USDT-SWAP', instType: 'SWAP' };
const liquidation = (...data: object[]) => ({ arg: { channel: 'liquidation-orders', instType: 'SWAP' }, data });

describe('a frame of OKX', () => {
  it('that is a trade stands for as many matches as it counts, in base units, and names the taker’s side', () => {
    const match = { kind: 'trade', time: 1630048897897, price: 42219.9, quantity: 0.02, taker: 'buy' };
    expect(decode(pushed('trades', fill))).toEqual({
      outcome: 'market',
      observations: [130639472, 130639473, 130639474].map((id) => ({
        symbol: 'BTCUSDT',
        observation: { ...match, id },
      })),
      errors: [],
    });
    const { count: _, ...single } = { ...fill, side: 'sell' };
    expect(decode(pushed('trades', single))).toMatchObject({
      observations: [{ observation: { id: 130639474, quantity: 0.06, taker: 'sell' } }],
    });
  });

  it('that is a mark or an open interest is a state at its time, the interest in base units', () => {
    const found = [pushed('mark-price', marked), pushed('open-interest', open)].map(decode);
    const [time, later] = [1630049139746, 1743041250440];
    expect(found).toEqual([
      {
        outcome: 'market',
        observations: [{ symbol: 'BTCUSDT', observation: { kind: 'mark_price', time, id: time, price: 42310.6 } }],
        errors: [],
      },
      {
        outcome: 'market',
        observations: [
          {
            symbol: 'BTCUSDT',
            observation: { kind: 'open_interest', time: later, id: later, contracts: 22161.1301 },
          },
        ],
        errors: [],
      },
    ]);
  });

  it.each([
    ['long', 'sell', 'long'],
    ['short', 'buy', 'short'],
    ['net', 'sell', 'long'],
    ['net', 'buy', 'short'],
  ])('that liquidates a %s position with a %s order closed a %s', (posSide, side, closed) => {
    const order = { ...liquidated, details: [{ ...detail, posSide, side }] };
    expect(decode(liquidation(order))).toEqual({
      outcome: 'market',
      observations: [
        {
          symbol: 'IOSTUSDT',
          observation: {
            kind: 'liquidation',
            time: 1692266434010,
            id: 1692266434010000,
            price: 0.007831,
            quantity: 13000,
            side: closed,
          },
        },
      ],
      errors: [],
    });
  });

  it('holds every detail of an order, and a bad one costs only itself', () => {
    const order = { ...liquidated, details: [detail, { ...detail, posSide: 'up' }, { ...detail, sz: '2' }] };
    expect(decode(liquidation(order))).toMatchObject({
      observations: [
        { observation: { id: 1692266434010000, quantity: 13000 } },
        { observation: { id: 1692266434010001, quantity: 2000 } },
      ],
      errors: [{ code: 'bad_side' }],
    });
  });

  it('tells liquidations of what nobody asked for as nothing, and a trade of unknown size as an error', () => {
    const others = ['DOGE-USDT-SWAP', 'BTC-USD-SWAP', 'BTC-USDT'].map((instId) => ({ ...liquidated, instId }));
    expect(decode(liquidation(...others))).toEqual({ outcome: 'market', observations: [], errors: [] });
    expect(decode(pushed('trades', { ...fill, instId: 'DOGE-USDT-SWAP' }))).toMatchObject({
      observations: [],
      errors: [{ code: 'unknown_contract', message: expect.stringContaining('DOGEUSDT') }],
    });
  });

  it('answers requests and pings, and other channels are named as unused', () => {
    const arg = { channel: 'trades', instId: 'BTC-USDT-SWAP' };
    const ids = okxVenue(contracts).subscribe(['BTCUSDT'], true)[0]!.ids;
    expect(ids).toContain('trades BTC-USDT-SWAP');
    expect(decode({ event: 'subscribe', arg, connId: 'x' })).toEqual({
      outcome: 'answer',
      id: 'trades BTC-USDT-SWAP',
      ok: true,
      message: '',
    });
    expect(decode({ event: 'error', code: '60012', msg: 'Invalid request', connId: 'x' })).toMatchObject({
      outcome: 'answer',
      ok: false,
      message: '60012: Invalid request',
    });
    expect(decode('pong')).toEqual({ outcome: 'pong' });
    expect(decode(pushed('books', {}))).toEqual({ outcome: 'unused', topic: 'books' });
    expect(decode({ event: 'notice', code: '64008', msg: 'soon closed' })).toEqual({
      outcome: 'unused',
      topic: 'notice',
    });
  });

  it.each([
    ['no side', { ...fill, side: 'Buy' }, 'bad_side'],
    ['a count of nothing', { ...fill, count: '0' }, 'bad_number'],
    ['a count without end', { ...fill, count: '1000000000' }, 'bad_number'],
    ['more matches than ids', { ...fill, tradeId: '1' }, 'bad_number'],
    ['a time that is a number', { ...fill, ts: 1630048897897 }, 'bad_text'],
    ['a price of nothing', { ...fill, px: '0' }, 'bad_number'],
    ['a spot pair', { ...fill, instId: 'BTC-USDT' }, 'bad_text'],
  ])('that is a trade with %s is an error by name', (_, entry, code) => {
    expect(decode(pushed('trades', entry, fill))).toMatchObject({ observations: [{}, {}, {}], errors: [{ code }] });
  });

  it.each([
    ['half a frame', JSON.stringify(pushed('trades', fill)).slice(0, 80), 'not_json'],
    ['no list', { arg: { channel: 'trades' }, data: fill }, 'bad_list'],
    ['no channel', { arg: {}, data: [] }, 'bad_text'],
  ])('with %s is bad by name', (_, frame, code) => {
    expect(decode(frame)).toMatchObject({ outcome: 'bad', error: { code } });
  });

  holdsAgainstGarbage(newDecoder, [
    pushed('trades', fill),
    pushed('mark-price', marked),
    pushed('open-interest', open),
    liquidation(liquidated),
  ]);
});

describe('a contract of OKX', () => {
  const instrument = { instId: 'BTC-USDT-SWAP', ctVal: '0.01', ctMult: '1', ctValCcy: 'BTC', ctType: 'linear' };
  const body = (...data: object[]) => JSON.stringify({ code: '0', msg: '', data });
  const live = { ...instrument, state: 'live' };

  it('has the size that the venue lists', () => {
    const inverse = { ...live, instId: 'BTC-USD-SWAP', ctType: 'inverse', ctValCcy: 'USD', ctVal: '100' };
    const iost = { ...live, instId: 'IOST-USDT-SWAP', ctValCcy: 'IOST', ctVal: '100', ctMult: '10' };
    const suspended = { ...live, instId: 'LUNA-USDT-SWAP', ctValCcy: 'LUNA', state: 'suspend' };
    expect(readOkxContracts(body(live, inverse, iost, suspended))).toEqual(contracts);
  });

  it('that cannot be read is unknown, and takes no other with it; an answer that is none is an error', () => {
    const bad = [{ ctVal: '0' }, { ctVal: '' }, { ctMult: '0' }, { instId: null }].map((part) => ({
      ...live,
      ...part,
    }));
    expect(readOkxContracts(body(...bad))).toEqual(new Map());
    expect(readOkxContracts(body(...bad, live))).toEqual(new Map([['BTCUSDT', 0.01]]));
    expect(() => readOkxContracts('{"code":"50011","msg":"Too Many Requests","data":[]}')).toThrow(/50011: Too Many/);
  });

  it('times a count is the decimal, not its nearest sum of binary fractions', () => {
    for (const size of [0.001, 0.01, 0.1, 1, 10, 1000]) {
      fc.assert(
        fc.property(fc.nat({ max: 1e9 }), (count) => {
          expect(baseUnits(count, size)).toBe(Number((BigInt(count) * BigInt(size * 1000)).toString()) / 1000);
        }),
      );
    }
  });

  it('is named back as it was named', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z0-9]{1,12}$/), (base) => {
        const symbol = `${base}USDT`;
        expect(okxSymbol(okxInstrument(symbol))).toBe(symbol);
      }),
    );
    for (const other of ['BTC-USD-SWAP', 'BTC-USDT', 'BTC-USDT-230630', '-USDT-SWAP'])
      expect(okxSymbol(other)).toBe(null);
  });
});

describe('the venue OKX', () => {
  const venue = okxVenue(contracts);
  const trade = (tradeId: number) => ({ ...fill, count: undefined, tradeId: String(tradeId) });
  const answer = (...ids: number[]) => ({
    status: 200,
    headers: new Map<string, string>(),
    body: JSON.stringify({ code: '0', msg: '', data: ids.map(trade) }),
  });

  it('asks for the page right behind an id, and knows whether it is whole and the last', () => {
    expect(venue.tradesPath('BTCUSDT', 1000)).toBe(
      '/api/v5/market/history-trades?instId=BTC-USDT-SWAP&type=1&after=1101&limit=100',
    );
    const idsOf = (...ids: number[]) => {
      const { trades, isCut, hasMore } = venue.readTrades('BTCUSDT', 1000, answer(...ids));
      return { ids: trades.map(({ id }) => id), isCut, hasMore };
    };
    expect(idsOf(1002, 1001, 1000, 999)).toEqual({ ids: [1001, 1002], isCut: false, hasMore: false });
    expect(idsOf(1003)).toEqual({ ids: [1003], isCut: true, hasMore: false });
    expect(idsOf(...Array.from({ length: 100 }, (_, i) => 1100 - i))).toMatchObject({ isCut: false, hasMore: true });
    expect(idsOf(1000)).toEqual({ ids: [], isCut: false, hasMore: false });
  });

  it('asks for streams in messages of at most 64 KB', () => {
    const symbols = Array.from({ length: venue.symbolsPerConnection }, (_, i) => `COIN${'X'.repeat(15)}${i}USDT`);
    const messages = venue.subscribe(symbols, true);
    for (const { text } of messages) expect(Buffer.byteLength(text)).toBeLessThan(64 * 1024);
    expect(messages.flatMap(({ ids }) => ids)).toHaveLength(3 * symbols.length + 1);
  });

  it('reads the exchange’s clock', () => {
    const time = (ts: unknown) => venue.readTime({ ...answer(), body: JSON.stringify({ code: '0', data: [{ ts }] }) });
    expect(time('1597026383085')).toBe(1597026383085);
    expect(() => time('soon')).toThrow(/not a time/);
  });
});
