import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foldStream } from '../../src/log/fold-stream.ts';
import type { RedisClient } from '../../src/log/redis-client.ts';
import { RedisEventLog } from '../../src/log/redis-event-log.ts';
import { evolve, initialBook } from '../../src/market/book.ts';
import { encodeBook } from '../../src/market/book-codec.ts';
import { batchOf, eventLogAcceptance, idsFrom } from '../support/event-log-acceptance.ts';
import { isRedisThere, RedisServer } from '../support/redis-server.ts';

let prefixes = 0;

describe.skipIf(!isRedisThere)('with a real Redis', () => {
  let redis: RedisServer;
  let client: RedisClient;

  const opened = (prefix: string, changes: { token?: string; isDurable?: boolean; maxBytes?: number } = {}) =>
    new RedisEventLog({
      client,
      prefix,
      isDurable: changes.isDurable ?? true,
      tokenOf: () => changes.token ?? '',
      retention: { maxAgeMs: 0, maxBytes: changes.maxBytes ?? 0 },
      historyCheckpointEvents: Number.POSITIVE_INFINITY,
    });

  beforeAll(async () => {
    redis = await RedisServer.started();
    client = await redis.connected();
  });
  afterAll(async () => {
    client.disconnect();
    await redis.dispose();
  });

  eventLogAcceptance('Redis', async () => {
    const prefix = `test-${++prefixes}`;
    let log = opened(prefix);
    return {
      log,
      reopen: async () => {
        await log.close();
        log = opened(prefix);
        return log;
      },
      dispose: () => log.close(),
    };
  });

  it('refuses a writer whose token is not the last one that was given out', async () => {
    const prefix = `test-${++prefixes}`;
    const old = opened(prefix, { token: '' });
    await old.openStream('s', 'e');
    await old.append('s', 0, batchOf(0, 3));
    await client.hset(`${prefix}:{s}:state`, 'token', 'b:1');
    await expect(old.append('s', 3, batchOf(3, 4))).rejects.toMatchObject({ code: 'fenced' });
    await expect(old.saveCheckpoint('s', { version: 3, state: Uint8Array.of(1) })).rejects.toMatchObject({
      code: 'fenced',
    });
    const next = opened(prefix, { token: 'b:1' });
    await next.openStream('s', 'x');
    expect(await next.append('s', 3, batchOf(3, 4))).toMatchObject({ outcome: 'appended', version: 4 });
  });

  it('takes a batch again that it has, and no other in its place', async () => {
    const log = opened(`test-${++prefixes}`);
    await log.openStream('s', 'e');
    await log.append('s', 0, batchOf(0, 3));
    expect(await log.append('s', 0, batchOf(0, 3))).toMatchObject({ outcome: 'appended', version: 3 });
    expect(await log.append('s', 0, batchOf(1, 4))).toMatchObject({ outcome: 'conflict', actualVersion: 3 });
    expect(await idsFrom(log, 's', 0)).toEqual([0, 1, 2]);
  });

  it('cuts its oldest events when they take too much room, and only to a checkpoint that can be folded from', async () => {
    const log = opened(`test-${++prefixes}`, { maxBytes: 1 });
    await log.openStream('s', 'e');
    const book = initialBook('BTCUSDT');
    for (let from = 0; from < 40; from += 10) {
      const batch = batchOf(from, from + 10);
      await log.append('s', from, batch);
      evolve(book, batch);
      await log.saveCheckpoint('s', { version: book.version, state: encodeBook(book) });
    }
    const { firstVersion, version } = (await log.lookUp('s'))!;
    expect([firstVersion, version]).toEqual([30, 40]);
    expect(await idsFrom(log, 's', firstVersion)).toEqual([30, 31, 32, 33, 34, 35, 36, 37, 38, 39]);
    await expect(idsFrom(log, 's', 0)).rejects.toMatchObject({ code: 'corrupt' });
    const folded = await foldStream(log, 's', 'BTCUSDT', 35);
    expect([folded.book.version, folded.fromVersion]).toEqual([35, 30]);
  });

  it('begins a new epoch, at the same version, after a restart of a Redis that may forget', async () => {
    const prefix = `test-${++prefixes}`;
    const log = opened(prefix);
    await log.openStream('s', 'first');
    await log.append('s', 0, batchOf(0, 3));
    client.disconnect();
    await redis.stop();
    await redis.start();
    client = await redis.connected();
    expect(await opened(prefix).openStream('s', 'second')).toMatchObject({ epoch: 'first', version: 3 });
    client.disconnect();
    await redis.stop();
    await redis.start();
    client = await redis.connected();
    const forgetful = opened(prefix, { isDurable: false });
    expect(await forgetful.openStream('s', 'third')).toMatchObject({ epoch: 'third', version: 3 });
    expect(await forgetful.openStream('s', 'fourth')).toMatchObject({ epoch: 'third', version: 3 });
  });

  it('says what failed when Redis is away, and goes on when it is back', async () => {
    const log = opened(`test-${++prefixes}`);
    await log.openStream('s', 'e');
    await redis.stop();
    await expect(log.append('s', 0, batchOf(0, 3))).rejects.toMatchObject({ code: 'write_failed' });
    await expect(idsFrom(log, 's', 0)).rejects.toMatchObject({ code: 'read_failed' });
    const isBack = new Promise((resolve) => client.once('ready', resolve));
    await redis.start();
    await isBack;
    expect(await log.append('s', 0, batchOf(0, 3))).toMatchObject({ outcome: 'appended' });
  });
});
