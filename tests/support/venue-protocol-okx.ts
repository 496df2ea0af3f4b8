/** OKX perpetuals as its documents describe it, for the simulator. Every contract is a thousandth of its coin. */
import { okxInstrument, okxSymbol } from '../../src/feed/venues/okx-contracts.ts';
import type { Observation, SymbolObservation } from '../../src/market/event.ts';
import { json, type VenueProtocol } from './venue-protocol.ts';

const longestMessage = 64 * 1024;
const pageLimit = 100;
const contractsPerUnit = 1000;
const liquidationTopic = 'liquidation-orders SWAP';

type Trade = Extract<Observation, { kind: 'trade' }>;

export const okxProtocol: VenueProtocol = {
  isRouted: (path) => path === '/ws/v5/public',
  read(text) {
    if (text === 'ping') return { type: 'ping', answer: 'pong' };
    const refused = (code: string, msg: string) =>
      ({ type: 'refused', answer: JSON.stringify({ event: 'error', code, msg, connId: 'simulated' }) }) as const;
    if (Buffer.byteLength(text) > longestMessage) return refused('60012', 'Invalid request: too long');
    const message = JSON.parse(text);
    if (message.op !== 'subscribe') return refused('60012', 'Invalid request');
    const answers: string[] = [];
    const topics: string[] = [];
    for (const arg of message.args) {
      if (arg.instId !== undefined && okxSymbol(arg.instId) === null) {
        return refused('60018', `Wrong URL or channel:${arg.channel},instId:${arg.instId} doesn't exist.`);
      }
      topics.push(`${arg.channel} ${arg.instId ?? arg.instType}`);
      answers.push(JSON.stringify({ event: 'subscribe', arg, connId: 'simulated' }));
    }
    return { type: 'subscribe', topics, answers };
  },
  greet(topic, market, now) {
    const [channel, instrument] = topic.split(' ');
    const symbol = okxSymbol(instrument!) ?? '';
    if (channel !== 'mark-price' && channel !== 'open-interest') return [];
    const tick = market.lastTickOf(symbol).map((observation) => ({ symbol, observation }));
    return okxProtocol
      .frames(tick, now)
      .filter((frame) => frame.topic === topic)
      .map(({ text }) => text);
  },
  frames(facts) {
    const found: { topic: string; text: string }[] = [];
    let taken: Trade[] = [];
    for (const [i, { symbol, observation }] of facts.entries()) {
      if (observation.kind === 'trade') {
        taken.push(observation);
        if (isSameOrder(observation, facts[i + 1], symbol)) continue;
        found.push(tradeFrame(symbol, taken));
        taken = [];
        continue;
      }
      const frame = frameOf(symbol, observation);
      if (frame !== null) found.push(frame);
    }
    return found;
  },
  tiersFrame: null,
  http(url, market, now) {
    const ok = (data: unknown) => json({ code: '0', msg: '', data });
    switch (url.pathname) {
      case '/api/v5/public/time':
        return ok([{ ts: String(now) }]);
      case '/api/v5/public/instruments':
        return ok(market.symbols.map(instrumentOf));
      case '/api/v5/public/open-interest':
        return ok(
          market.listing().map(({ symbol, price, interest }) => ({
            instType: 'SWAP',
            instId: okxInstrument(symbol),
            oi: contractsOf(interest),
            oiCcy: String(interest),
            oiUsd: String(interest * price),
            ts: String(now),
          })),
        );
      case '/api/v5/market/history-trades': {
        const symbol = okxSymbol(url.searchParams.get('instId') ?? '') ?? '';
        const after = Number(url.searchParams.get('after') ?? Number.POSITIVE_INFINITY);
        const limit = Math.min(Number(url.searchParams.get('limit') ?? pageLimit), pageLimit);
        const older = market.tradesOf(symbol).filter(({ id }) => id < after);
        return ok(
          older
            .slice(-limit)
            .toReversed()
            .map((trade) => tradeOf(symbol, [trade as Trade])),
        );
      }
      default:
        return json({ code: '404', msg: 'not found', data: [] }, 404);
    }
  },
  weightOf: () => 1,
  weightLimit: 20,
  weightWindowMs: 2000,
  weightHeader: null,
  messagesPerSecond: 3,
  serverPingMs: null,
  lifeSignMs: 30_000,
};

/** What one taker took at one price is one entry. */
function isSameOrder(trade: Trade, next: SymbolObservation | undefined, symbol: string): boolean {
  if (next?.observation.kind !== 'trade' || next.symbol !== symbol) return false;
  const { time, price, taker, quantity, id } = next.observation;
  return (
    id === trade.id + 1 &&
    time === trade.time &&
    price === trade.price &&
    taker === trade.taker &&
    quantity === trade.quantity
  );
}

const contractsOf = (quantity: number) => String(Math.round(quantity * contractsPerUnit));

function tradeOf(symbol: string, trades: readonly Trade[]): Record<string, unknown> {
  const { id, price, taker, time } = trades.at(-1)!;
  const sz = String(trades.reduce((sum, { quantity }) => sum + Number(contractsOf(quantity)), 0));
  return { instId: okxInstrument(symbol), tradeId: String(id), px: String(price), sz, side: taker, ts: String(time) };
}

function tradeFrame(symbol: string, trades: readonly Trade[]) {
  return wrap('trades', symbol, { ...tradeOf(symbol, trades), count: String(trades.length), source: '0', seqId: 7 });
}

function wrap(channel: string, symbol: string, entry: object) {
  const instId = okxInstrument(symbol);
  return { topic: `${channel} ${instId}`, text: JSON.stringify({ arg: { channel, instId }, data: [entry] }) };
}

function frameOf(symbol: string, observation: Observation): { topic: string; text: string } | null {
  const instId = okxInstrument(symbol);
  const about = { instType: 'SWAP', instId, ts: String(observation.time) };
  switch (observation.kind) {
    case 'mark_price':
      return wrap('mark-price', symbol, { ...about, markPx: String(observation.price) });
    case 'open_interest': {
      const [oi, oiCcy] = [contractsOf(observation.contracts), String(observation.contracts)];
      return wrap('open-interest', symbol, { ...about, oi, oiCcy });
    }
    case 'liquidation': {
      const { price, quantity, side, time } = observation;
      const order = side === 'long' ? 'sell' : 'buy';
      // An account of the net mode names no side of its position.
      const posSide = time % 2 === 0 ? side : 'net';
      const detail = { bkLoss: '0', bkPx: String(price), ccy: '', posSide, side: order, sz: contractsOf(quantity) };
      const data = [{ details: [{ ...detail, ts: String(time) }], instId, instType: 'SWAP' }];
      const text = JSON.stringify({ arg: { channel: 'liquidation-orders', instType: 'SWAP' }, data });
      return { topic: liquidationTopic, text };
    }
    default:
      return null;
  }
}

function instrumentOf(symbol: string) {
  const ctValCcy = symbol.slice(0, -'USDT'.length);
  const contract = { ctVal: String(1 / contractsPerUnit), ctMult: '1', ctValCcy, ctType: 'linear' };
  return { instType: 'SWAP', instId: okxInstrument(symbol), ...contract, settleCcy: 'USDT', state: 'live' };
}
