/** Leases on a real Redis, in real time: each wait is for what has to happen. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/actors/kernel/system-clock.ts';
import { SymbolLease } from '../../src/cluster/symbol-lease.ts';
import type { RedisClient } from '../../src/log/redis-client.ts';
import { RedisEventLog } from '../../src/log/redis-event-log.ts';
import { redisKeys } from '../../src/log/redis-keys.ts';
import { batchOf } from '../support/event-log-acceptance.ts';
import { isRedisThere, RedisServer } from '../support/redis-server.ts';
import { TcpLink } from '../support/tcp-link.ts';

const ttlMs = 300;
let prefixes = 0;

interface Holder {
  readonly lease: SymbolLease;
  readonly log: RedisEventLog;
  readonly link: TcpLink;
  readonly told: string[];
  readonly token: () => string;
  /** Resolves when it has been told of this. */
  until(what: 'gained' | 'lost', times?: number): Promise<void>;
}

describe.skipIf(!isRedisThere)('the lease of a symbol', () => {
  let redis: RedisServer;
  let prefix: string;
  let abort: AbortController;
  const running: Promise<void>[] = [];
  const clients: RedisClient[] = [];
  const links: TcpLink[] = [];

  const holder = async (node: string): Promise<Holder> => {
    const link = await TcpLink.to(redis.port);
    links.push(link);
    const client = await redis.connected(1500, `redis://127.0.0.1:${link.port}`);
    clients.push(client);
    const told: string[] = [];
    const wakers: (() => void)[] = [];
    const tell = (what: string) => {
      told.push(what);
      for (const wake of wakers.splice(0)) wake();
    };
    let token = '';
    const lease = new SymbolLease({
      client,
      keys: redisKeys(prefix).ofStream('s'),
      node,
      ttlMs,
      clock: systemClock,
      gained: (given) => {
        token = given;
        tell('gained');
      },
      lost: () => tell('lost'),
    });
    const log = new RedisEventLog({
      client,
      prefix,
      isDurable: true,
      tokenOf: () => token,
      retention: { maxAgeMs: 0, maxBytes: 0 },
      historyCheckpointEvents: 1e9,
    });
    running.push(lease.run(abort.signal));
    const until = async (what: string, times = 1) => {
      while (told.filter((each) => each === what).length < times) {
        await new Promise<void>((resolve) => wakers.push(resolve));
      }
    };
    return { lease, log, link, told, token: () => token, until };
  };

  beforeAll(async () => {
    redis = await RedisServer.started();
  });
  afterAll(() => redis.dispose());
  beforeEach(() => {
    prefix = `test-${++prefixes}`;
    abort = new AbortController();
  });
  afterEach(async () => {
    abort.abort();
    await Promise.all(running.splice(0));
    for (const client of clients.splice(0)) client.disconnect();
    for (const link of links.splice(0)) await link.close();
  });

  it('has one holder, and another one when that is cut off; the first may not write any more', async () => {
    const a = await holder('a');
    await a.until('gained');
    const b = await holder('b');
    await a.log.openStream('s', 'e');
    await a.log.append('s', 0, batchOf(0, 3));
    a.link.silence(true);
    await b.until('gained');
    await b.log.openStream('s', 'x');
    expect(await b.log.append('s', 3, batchOf(3, 5))).toMatchObject({ outcome: 'appended', version: 5 });
    a.link.silence(false);
    await a.until('lost');
    await expect(a.log.append('s', 5, batchOf(5, 6))).rejects.toMatchObject({ code: 'fenced' });
    expect([a.token(), b.token()]).toEqual(['a:1', 'b:2']);
    expect(b.told).toEqual(['gained']);
  });

  it('goes to another at once when it is let go', async () => {
    const a = await holder('a');
    await a.until('gained');
    const b = await holder('b');
    // Each ends behind the question that it has under way.
    abort.abort();
    abort = new AbortController();
    await Promise.all(running.splice(0));
    expect(b.told).toEqual([]);
    running.push(b.lease.run(abort.signal));
    await a.lease.release();
    b.lease.hurry();
    await b.until('gained');
    expect(b.token()).toBe('b:2');
  });

  it('comes back to its holder with another token when it ran out and nobody took it', async () => {
    const a = await holder('a');
    await a.until('gained');
    a.link.cut(true);
    await a.until('lost');
    a.link.cut(false);
    await a.until('gained', 2);
    expect(a.token()).toBe('a:2');
  });
});
