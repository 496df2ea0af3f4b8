/** Scores from the node that writes a symbol to one that does not, over a real Redis. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScoreRelay } from '../../src/cluster/score-relay.ts';
import type { NewEntry } from '../../src/protocol/ledger-entry.ts';
import type { ScoreMessage } from '../../src/protocol/score-message.ts';
import { chained } from '../support/ledger-entries.ts';
import { isRedisThere, RedisServer } from '../support/redis-server.ts';

const moment = '2026-11-25T22:00:00.000Z';
const unscored: NewEntry = { kind: 'unscored', start: moment, end: moment, reason: 'gap' };

describe.skipIf(!isRedisThere)('a score that another node tells', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.started();
  });
  afterAll(() => redis?.dispose());

  it('comes as it is, once, and the next says how many were lost on the way', async () => {
    const [client, subscriber] = [await redis.connected(), await redis.connected()];
    const messages = chained('score:s', Array(5).fill(unscored)).map(
      ({ hash, entry }): ScoreMessage => ({
        ...{ type: 'score', symbol: 'BTCUSDT', timestamp: moment, simulated: true, missed: 0 },
        data: [{ hash, entry }],
      }),
    );
    const heard: ScoreMessage[] = [];
    const whole = Promise.withResolvers<void>();
    const relay = (isWritten: boolean) => {
      const made: ScoreRelay = new ScoreRelay({
        ...{ client, subscriber, prefix: 'scores', names: ['BTCUSDT'] },
        isWritten: () => isWritten,
        tell: (message) => {
          heard.push(message);
          made.told(message);
          if (heard.length === 3) whole.resolve();
        },
        failed: (_, error) => whole.reject(error),
      });
      return made;
    };
    await relay(false).start();
    const writer = relay(true);
    for (const place of [0, 1, 4]) writer.told(messages[place]!);
    await whole.promise;
    expect(heard).toEqual([messages[0], messages[1], { ...messages[4], missed: 2 }]);
    client.disconnect();
    subscriber.disconnect();
  });
});
