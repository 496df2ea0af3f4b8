/** Liquidations on their way from the log to the clients. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiquidationNews, mostLiquidations } from '../../src/actors/liquidation-news.ts';
import { emptyMemoryStore, MemoryEventLog } from '../../src/log/memory-event-log.ts';
import type { MarketEvent, Observation } from '../../src/market/event.ts';
import { batchFromEvents } from '../../src/market/event-batch.ts';
import { type LiquidationsMessage, liquidationsSchema } from '../../src/protocol/liquidations-message.ts';
import { renderSnapshot } from '../../src/workers/snapshot-task.ts';
import { Stage, trade } from './symbol-stage.ts';

const liquidation = (id: number): Extract<Observation, { kind: 'liquidation' }> => ({
  kind: 'liquidation',
  time: 1_700_000_000_000 + id,
  id,
  price: 100,
  quantity: 0.5,
  side: id % 2 === 0 ? 'long' : 'short',
});

function newsOf(symbol = 'BTCUSDT') {
  const told: LiquidationsMessage[] = [];
  const news = new LiquidationNews({
    symbol,
    completenessOf: (venue) => (venue === 'bybit' ? 'complete' : 'sampled'),
    wallClock: () => 1_700_000_000_000,
    tell: (message) => told.push(liquidationsSchema.parse(message)),
  });
  return { news, told };
}

describe('liquidations of a symbol', () => {
  it('are told once they are in the log, one message a tick, each with its place in the stream', async () => {
    const stage = new Stage();
    await stage.observe([trade(1), liquidation(1), trade(2), liquidation(2)]);
    expect(stage.news).toEqual([]);
    await stage.tick();
    await stage.tick();
    await stage.observe([trade(3)]);
    await stage.tick();
    // The first event says with what the book is folded.
    expect(stage.news).toHaveLength(1);
    expect(stage.news[0]).toMatchObject({ symbol: 'BTCUSDT', epoch: 'epoch-1', seq: 5, prev_seq: 0, missed: 0 });
    expect(stage.news[0]!.data).toEqual([
      {
        seq: 3,
        time: '2023-11-14T22:13:20.001Z',
        side: 'short',
        price: 100,
        quantity: 0.5,
        usd: 50,
        completeness: 'simulated',
      },
      expect.objectContaining({ seq: 5, side: 'long' }),
    ]);
  });

  it('wait for the picture of the tick, so that a client gets both in one burst', async () => {
    const stage = new Stage();
    let finish: () => void = () => {};
    stage.render = (job) => new Promise((resolve) => (finish = () => resolve(renderSnapshot(job))));
    await stage.observe([trade(1), liquidation(1)]);
    await stage.tick();
    expect(stage.news).toEqual([]);
    finish();
    await stage.settle();
    expect([stage.frames.length, stage.news.length]).toEqual([1, 1]);
  });

  it('that were committed when the actor failed are told by the next one, none twice', async () => {
    const stage = new Stage();
    await stage.observe([trade(1), liquidation(1)]);
    stage.log.failures = 1;
    stage.log.isWrittenAnyway = true;
    expect(await stage.observe([liquidation(2), liquidation(3)])).toBe('interrupted');
    await stage.kernel.advance(100);
    await stage.settle();
    await stage.tick();
    expect(stage.recoveries).toBe(2);
    expect(stage.news.flatMap(({ data }) => data.map(({ seq }) => seq))).toEqual([3, 4, 5]);
  });

  it('of before the server began are not told as new', async () => {
    const store = emptyMemoryStore();
    const first = new Stage(store);
    await first.observe([trade(1), liquidation(1)]);
    const second = new Stage(store);
    await second.settle();
    await second.observe([liquidation(1), liquidation(2)]);
    await second.tick();
    expect(second.news.map(({ prev_seq, data }) => [prev_seq, data.map(({ seq }) => seq)])).toEqual([[3, [4]]]);
  });

  it('say how complete their venue’s list is, and are those of one venue where only that is asked for', () => {
    const events: MarketEvent[] = [
      { ...liquidation(1), venue: 'binance' },
      { ...liquidation(1), venue: 'bybit' },
      liquidation(2),
    ];
    const shown = (symbol: string) => {
      const { news, told } = newsOf(symbol);
      news.follow('e', 0);
      news.folded(batchFromEvents(events), 0);
      news.tell();
      return told.flatMap(({ data }) => data.map(({ seq, venue, completeness }) => [seq, venue, completeness]));
    };
    const [binance, bybit] = [
      [1, 'binance', 'sampled'],
      [2, 'bybit', 'complete'],
    ];
    expect(shown('BTCUSDT')).toEqual([binance, bybit, [3, undefined, 'sampled']]);
    expect(shown('binance:BTCUSDT')).toEqual([binance]);
    expect(shown('bybit:BTCUSDT')).toEqual([bybit]);
    expect(shown('okx:BTCUSDT')).toEqual([]);
  });

  it('are each told, or counted as missed when a message cannot hold them, whatever lies between', async () => {
    const mixed = fc.array(fc.record({ liquidations: fc.nat({ max: 512 }), isTold: fc.boolean() }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(mixed, async (parts) => {
        const { news, told } = newsOf();
        await news.begin(new MemoryEventLog(emptyMemoryStore()), 'nowhere', 'e', 10);
        let version = 10;
        let id = 0;
        const places: number[] = [];
        for (const { liquidations, isTold } of parts) {
          const events: MarketEvent[] = Array.from({ length: liquidations }, () => liquidation(++id));
          if (events.length < 512) events.unshift({ kind: 'mark_price', time: 1, id: ++id, price: 1 });
          for (const [i, { kind }] of events.entries()) if (kind === 'liquidation') places.push(version + i + 1);
          news.folded(batchFromEvents(events), version);
          version += events.length;
          if (isTold) news.tell();
        }
        news.tell();
        let at = 0;
        let seq = 10;
        for (const message of told) {
          expect(message.prev_seq).toBe(seq);
          expect(message.data.length).toBeLessThanOrEqual(mostLiquidations);
          at += message.missed;
          expect(message.data.map((entry) => entry.seq)).toEqual(places.slice(at, at + message.data.length));
          at += message.data.length;
          seq = message.seq;
        }
        expect(at).toBe(places.length);
      }),
      { numRuns: 50 },
    );
  });
});
