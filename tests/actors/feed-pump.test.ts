import { describe, expect, it } from 'vitest';
import { FeedPump } from '../../src/actors/feed-pump.ts';
import type { Feed } from '../../src/feed/feed.ts';
import type { Observation } from '../../src/market/event.ts';
import { Stage, trades } from './symbol-stage.ts';

describe('the feed pump', () => {
  const feedOf = (chunks: Observation[][]): Feed => ({
    name: 'test',
    simulated: false,
    async *observations() {
      for (const chunk of chunks) yield chunk.map((observation) => ({ symbol: 'BTCUSDT', observation }));
    },
  });

  it('sends a chunk again to an actor that was restarted over it', async () => {
    const stage = new Stage();
    stage.log.failures = 1;
    const pump = new FeedPump(feedOf([trades(1, 5), trades(6, 9)]), new Map([['BTCUSDT', stage.ref]]));
    const end = pump.run(new Map());
    await stage.settle();
    await stage.kernel.advance(100);
    expect(await end).toEqual({ outcome: 'exhausted' });
    expect(stage.book!.version).toBe(10);
  });

  it('lets go of a symbol whose actor is given up, and carries on', async () => {
    const stage = new Stage();
    stage.log.failures = 100;
    const pump = new FeedPump(feedOf([trades(1, 5), trades(6, 9)]), new Map([['BTCUSDT', stage.ref]]));
    const end = pump.run(new Map());
    for (let i = 0; i < 10; i++) {
      await stage.settle();
      await stage.kernel.advance(2000);
    }
    pump.drop('BTCUSDT');
    expect(await end).toEqual({ outcome: 'exhausted' });
  });

  it('tells what a source ended of, and keeps what came before', async () => {
    const stage = new Stage();
    const failing: Feed = {
      ...feedOf([]),
      async *observations() {
        yield trades(1, 3).map((observation) => ({ symbol: 'BTCUSDT', observation }));
        throw new Error('line 5 is torn');
      },
    };
    const end = await new FeedPump(failing, new Map([['BTCUSDT', stage.ref]])).run(new Map());
    expect(end).toMatchObject({ outcome: 'failed', error: { message: 'line 5 is torn' } });
    expect(stage.book!.version).toBe(4);
  });
});
