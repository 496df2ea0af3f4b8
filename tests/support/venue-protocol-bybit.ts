/** Bybit v5 linear as its documents describe it, for the simulator. */
import type { Observation } from '../../src/market/event.ts';
import type { MarginTier } from '../../src/market/margin-tiers.ts';
import { json, type VenueProtocol } from './venue-protocol.ts';

const longestArgs = 21_000;
const pageLimit = 1000;
export const bracketsPerPage = 5;

export const bybitProtocol: VenueProtocol = {
  isRouted: (path) => path === '/v5/public/linear',
  read(text) {
    const message = JSON.parse(text);
    const answer = (success: boolean, ret_msg: string) =>
      JSON.stringify({ success, ret_msg, conn_id: 'simulated', req_id: message.req_id ?? '', op: message.op });
    if (message.op === 'ping') return { type: 'ping', answer: answer(true, 'pong') };
    if (message.op !== 'subscribe') return { type: 'refused', answer: answer(false, `error:handler not found`) };
    if (JSON.stringify(message.args).length > longestArgs) {
      return { type: 'refused', answer: answer(false, 'args size is too long') };
    }
    return { type: 'subscribe', topics: message.args, answers: [answer(true, '')] };
  },
  greet(topic, market, now) {
    const [kind, symbol] = topic.split('.');
    const tick = market.lastTickOf(symbol ?? '');
    if (kind !== 'tickers' || tick.length === 0) return [];
    return [JSON.stringify({ topic, ...bodyOf(symbol!, tick, now), type: 'snapshot' })];
  },
  frames(facts, now) {
    const grouped = new Map<string, Observation[]>();
    for (const { symbol, observation } of facts) {
      const topic = `${topics[observation.kind as keyof typeof topics]}.${symbol}`;
      const same = grouped.get(topic);
      // A ticker is one moment; trades and liquidations of a push come together.
      if (topic.startsWith('tickers') && same?.at(-1)?.time !== observation.time) {
        if (same !== undefined) grouped.set(`${topic} ${same[0]!.time}`, same);
        grouped.set(topic, [observation]);
      } else grouped.set(topic, [...(same ?? []), observation]);
    }
    return [...grouped].map(([key, group]) => {
      const [topic] = key.split(' ');
      return { topic: topic!, text: JSON.stringify({ topic, ...bodyOf(topic!.split('.')[1]!, group, now) }) };
    });
  },
  tiersFrame: null,
  http(url, market, now) {
    const ok = (result: object) => json({ retCode: 0, retMsg: 'OK', result, retExtInfo: {}, time: now });
    const symbol = url.searchParams.get('symbol') ?? '';
    switch (url.pathname) {
      case '/v5/market/time':
        return ok({ timeSecond: String(Math.floor(now / 1000)), timeNano: `${now}000000` });
      case '/v5/market/recent-trade': {
        const limit = Math.min(Number(url.searchParams.get('limit') ?? 500), pageLimit);
        return ok({
          category: 'linear',
          list: market.tradesOf(symbol).slice(-limit).toReversed().map(recentTrade(symbol)),
        });
      }
      case '/v5/market/tickers':
        return ok({
          category: 'linear',
          list: market.listing().map(({ symbol: name, price, interest }) => ({
            symbol: name,
            markPrice: String(price),
            openInterest: String(2 * interest),
            openInterestValue: (2 * interest * price).toFixed(2),
            singleOpenInterestValue: (interest * price).toFixed(2),
            deliveryTime: '0',
          })),
        });
      case '/v5/market/risk-limit':
        return ok(riskLimits(symbol, market.marginTiersOf(symbol), Number(url.searchParams.get('cursor') ?? 0)));
      default:
        return { ...json({ retCode: 404, retMsg: 'not found' }), status: 404 };
    }
  },
  weightOf: () => 1,
  weightLimit: 600,
  weightWindowMs: 5000,
  weightHeader: null,
  messagesPerSecond: null,
  serverPingMs: null,
  lifeSignMs: 60_000,
};

/** From bracket `start` on. Pages are much shorter than the venue's, so that they are turned. */
function riskLimits(symbol: string, tiers: readonly MarginTier[], start: number) {
  const end = start + bracketsPerPage;
  const list = tiers.slice(start, end).map((tier, i) => ({
    id: start + i + 1,
    symbol,
    riskLimitValue: String(tier.notionalCap),
    maintenanceMargin: String(tier.maintenanceRate),
    initialMargin: String(1 / tier.maxLeverage),
    isLowestRisk: start + i === 0 ? 1 : 0,
    maxLeverage: tier.maxLeverage.toFixed(2),
    mmDeduction: tier.maintenanceAmount === 0 ? '' : String(tier.maintenanceAmount),
  }));
  return { category: 'linear', list, nextPageCursor: end < tiers.length ? String(end) : '' };
}

const topics = {
  trade: 'publicTrade',
  mark_price: 'tickers',
  open_interest: 'tickers',
  liquidation: 'allLiquidation',
} as const;

function recentTrade(symbol: string) {
  return (trade: Observation) => {
    if (trade.kind !== 'trade') throw new TypeError(`a ${trade.kind} is no trade`);
    const { id, price, quantity, time, taker } = trade;
    const side = taker === 'buy' ? 'Buy' : 'Sell';
    const seq = String(Math.floor(id / 1000));
    return { execId: `e${id}`, symbol, price: String(price), size: String(quantity), side, time: String(time), seq };
  };
}

function bodyOf(symbol: string, group: readonly Observation[], ts: number): object {
  const fields: Record<string, string> = {};
  const data: object[] = [];
  for (const observation of group) {
    switch (observation.kind) {
      case 'trade': {
        const { time: T, price, quantity, taker, id } = observation;
        const S = taker === 'buy' ? 'Buy' : 'Sell';
        const i = `e${id}`;
        data.push({
          T,
          s: symbol,
          S,
          v: String(quantity),
          p: String(price),
          L: 'PlusTick',
          i,
          BT: false,
          seq: Math.floor(id / 1000),
        });
        break;
      }
      case 'liquidation': {
        const { time: T, price, quantity, side } = observation;
        data.push({ T, s: symbol, S: side === 'long' ? 'Buy' : 'Sell', v: String(quantity), p: String(price) });
        break;
      }
      case 'mark_price':
        fields.markPrice = String(observation.price);
        break;
      case 'open_interest':
        fields.openInterest = String(2 * observation.contracts);
        fields.singleOpenInterest = String(observation.contracts);
        break;
      default:
    }
  }
  if (data.length > 0) return { type: 'snapshot', ts, data };
  return { type: 'delta', data: { symbol, ...fields }, cs: group[0]!.time, ts: group[0]!.time };
}
