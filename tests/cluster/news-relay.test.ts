/** Liquidations from the node that writes a symbol to one that does not, over a real Redis. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LiquidationNews } from '../../src/actors/liquidation-news.ts';
import { SymbolNews } from '../../src/actors/symbol-news.ts';
import { NewsRelay, newsChannel } from '../../src/cluster/news-relay.ts';
import { emptyMemoryStore, MemoryEventLog } from '../../src/log/memory-event-log.ts';
import type { RedisClient } from '../../src/log/redis-client.ts';
import { batchFromEvents } from '../../src/market/event-batch.ts';
import type { LiquidationsMessage } from '../../src/protocol/liquidations-message.ts';
import { isRedisThere, RedisServer } from '../support/redis-server.ts';

const name = 'BTCUSDT';
const options = { symbol: name, completenessOf: () => 'complete' as const, wallClock: () => 0 };

describe.skipIf(!isRedisThere)('liquidations that another node tells', () => {
  let redis: RedisServer;
  let client: RedisClient;
  let subscriber: RedisClient;
  let log: MemoryEventLog;
  let epoch: string;
  let version: number;
  /** Of the writer, not yet on its way. */
  let written: LiquidationsMessage[];
  let writer: LiquidationNews;
  let heard: LiquidationsMessage[];
  let wake: () => void;
  const prefix = 'news';

  beforeAll(async () => {
    redis = await RedisServer.started();
  });
  afterAll(() => redis?.dispose());

  beforeEach(async () => {
    [client, subscriber] = [await redis.connected(), await redis.connected()];
    log = new MemoryEventLog(emptyMemoryStore());
    ({ epoch, version } = await log.openStream('s', 'epoch-1'));
    [written, heard, wake] = [[], [], () => {}];
    writer = new LiquidationNews({ ...options, tell: (message) => written.push(message) });
    await writer.begin(log, 's', epoch, version);
    const news = new LiquidationNews({
      ...options,
      tell: (message) => {
        heard.push(message);
        wake();
      },
    });
    const gateway = new NewsRelay({
      ...{ client, subscriber, prefix, log, names: [name] },
      streamOf: () => 's',
      newsOf: () => news,
      isWritten: () => false,
      tell() {},
      failed: (_, error) => {
        throw error;
      },
    });
    await gateway.start();
  });
  afterEach(() => {
    client.disconnect();
    subscriber.disconnect();
  });

  /** Commits so many liquidations and lets the writer tell them. */
  const write = async (count: number): Promise<LiquidationsMessage> => {
    const events = Array.from({ length: count }, (_, i) => ({
      ...{ kind: 'liquidation' as const, time: 1, id: version + i + 1, price: 100, quantity: 1, side: 'long' as const },
    }));
    const batch = batchFromEvents(events);
    await log.append('s', version, batch);
    writer.folded(batch, version);
    version += count;
    writer.tell();
    return written.at(-1)!;
  };
  const relay = () =>
    new NewsRelay({
      ...{ client, subscriber, prefix, log, names: [name] },
      streamOf: () => 's',
      newsOf: () => writer,
      isWritten: () => true,
      tell() {},
      failed: (_, error) => {
        throw error;
      },
    });
  const send = (message: LiquidationsMessage) => relay().told(new SymbolNews(message));
  const seqs = () => heard.flatMap(({ data }) => data.map(({ seq }) => seq));
  const untilHeard = async (seq: number) => {
    while (!seqs().includes(seq)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };

  it('are told as they are, each once, also when they come twice', async () => {
    const messages = [await write(2), await write(1)];
    for (const message of [...messages, ...messages]) send(message);
    send(await write(1));
    await untilHeard(4);
    expect(heard).toEqual(written);
  });

  it('that were lost on the way are read from the log, in their place', async () => {
    send(await write(1));
    await write(2);
    await write(3);
    send(await write(1));
    await untilHeard(7);
    expect(seqs()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    send(await write(1));
    await untilHeard(8);
    expect(heard.at(-1)).toMatchObject({ prev_seq: 7, seq: 8, missed: 0 });
  });

  it('travel as clients get them, for whoever listens', async () => {
    const listener = await redis.connected();
    await listener.ssubscribe(newsChannel(prefix, name));
    const text = new Promise<string>((resolve) => {
      listener.on('smessage', (_channel: string, message: string) => resolve(message));
    });
    const message = await write(1);
    send(message);
    expect(JSON.parse(await text)).toEqual(message);
    listener.disconnect();
  });
});
