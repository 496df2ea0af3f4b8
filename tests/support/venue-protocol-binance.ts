/** Binance USD-M futures as its documents describe it, for the simulator. */
import type { Observation, SymbolObservation } from '../../src/market/event.ts';
import type { MarginTier } from '../../src/market/margin-tiers.ts';
import { json, type VenueProtocol } from './venue-protocol.ts';

const pageLimit = 1000;
const weights: Readonly<Record<string, number>> = { '/fapi/v1/aggTrades': 20, '/fapi/v1/ticker/24hr': 40 };

export const binanceProtocol: VenueProtocol = {
  isRouted: (path) => /^\/market\/(ws|stream)\b/.test(path),
  read(text) {
    const message = JSON.parse(text);
    if (message.method !== 'SUBSCRIBE') return { type: 'refused', answer: refusal(message.id) };
    return { type: 'subscribe', topics: message.params, answers: [JSON.stringify({ result: null, id: message.id })] };
  },
  greet: () => [],
  frames: (facts, now) => facts.map((fact) => frameOf(fact, now)).filter((frame) => frame !== null),
  tiersFrame: contractInfo,
  http(url, market, now) {
    const symbol = url.searchParams.get('symbol') ?? '';
    switch (url.pathname) {
      case '/fapi/v1/time':
        return json({ serverTime: now });
      case '/fapi/v1/openInterest': {
        const interest = market.interestOf(symbol);
        if (interest === undefined) return json({ code: -1121, msg: 'Invalid symbol.' }, 400);
        return json({ openInterest: String(interest), symbol, time: now });
      }
      case '/fapi/v1/exchangeInfo':
        return json({ serverTime: now, symbols: market.listing().map(({ symbol }) => contract(symbol)) });
      case '/fapi/v1/ticker/24hr':
        return json(
          market.listing().map(({ symbol: name, price, interest }) => ({
            symbol: name,
            lastPrice: String(price),
            quoteVolume: (price * interest).toFixed(2),
          })),
        );
      case '/fapi/v1/aggTrades':
        return json(trades(url, market.tradesOf(symbol)));
      default:
        return json({ code: -5000, msg: 'Path is invalid' }, 404);
    }
  },
  weightOf: (path) => weights[path] ?? 1,
  weightLimit: 2400,
  weightWindowMs: 60_000,
  weightHeader: 'x-mbx-used-weight-1m',
  messagesPerSecond: 10,
  serverPingMs: 180_000,
  lifeSignMs: 600_000,
};

function contract(symbol: string) {
  return { symbol, pair: symbol, contractType: 'PERPETUAL', status: 'TRADING', quoteAsset: 'USDT' };
}

function refusal(id: unknown): string {
  return JSON.stringify({ error: { code: 2, msg: 'Invalid request: unknown method' }, id });
}

function trades(url: URL, all: readonly Observation[]): unknown[] {
  const fromId = Number(url.searchParams.get('fromId') ?? 0);
  const limit = Math.min(Number(url.searchParams.get('limit') ?? 500), pageLimit);
  return all
    .filter(({ id }) => id >= fromId)
    .slice(0, limit)
    .map((trade) => aggregate(trade));
}

function aggregate(trade: Observation) {
  if (trade.kind !== 'trade') throw new TypeError(`a ${trade.kind} is no trade`);
  const { id: a, price, quantity, time: T, taker } = trade;
  return { a, p: String(price), q: String(quantity), f: 2 * a, l: 2 * a + 1, T, m: taker === 'sell' };
}

function contractInfo(symbol: string, tiers: readonly MarginTier[], E: number) {
  const bks = tiers.map(({ notionalCap, maintenanceRate, maintenanceAmount, maxLeverage }, i) => ({
    bs: i + 1,
    bnf: tiers[i - 1]?.notionalCap ?? 0,
    bnc: notionalCap,
    mmr: maintenanceRate,
    cf: maintenanceAmount,
    mi: (tiers[i + 1]?.maxLeverage ?? 0) + 1,
    ma: maxLeverage,
  }));
  const topic = '!contractInfo';
  const data = { e: 'contractInfo', E, s: symbol, ps: symbol, ct: 'PERPETUAL', cs: 'TRADING', bks };
  return { topic, text: JSON.stringify({ stream: topic, data }) };
}

function frameOf({ symbol, observation }: SymbolObservation, E: number): { topic: string; text: string } | null {
  const wrap = (stream: string, data: object) => {
    const topic = `${symbol.toLowerCase()}@${stream}`;
    return { topic, text: JSON.stringify({ stream: topic, data }) };
  };
  switch (observation.kind) {
    case 'trade':
      return wrap('aggTrade', { e: 'aggTrade', E, s: symbol, ...aggregate(observation), nq: '0' });
    case 'mark_price':
      return wrap('markPrice@1s', {
        e: 'markPriceUpdate',
        E: observation.time,
        s: symbol,
        p: String(observation.price),
        i: String(observation.price),
      });
    case 'liquidation': {
      const { price, quantity, side, time } = observation;
      const [p, q] = [String(price), String(quantity)];
      const o = { s: symbol, S: side === 'long' ? 'SELL' : 'BUY', o: 'LIMIT', f: 'IOC', q, p, ap: p, X: 'FILLED' };
      return wrap('forceOrder', { e: 'forceOrder', E, o: { ...o, l: q, z: q, T: time } });
    }
    default:
      return null;
  }
}
