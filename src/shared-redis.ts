/** The connections to Redis, and the log that is in it. */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { shownAddress } from './log/redis-address.ts';
import { connectRedis, type RedisClient, redisClient } from './log/redis-client.ts';
import { type RedisDurability, redisDurability } from './log/redis-durability.ts';
import { RedisEventLog } from './log/redis-event-log.ts';

export interface SharedRedis {
  /** Name of this process among the nodes. */
  readonly node: string;
  readonly client: RedisClient;
  /** For subscriptions alone. */
  readonly subscriber: RedisClient;
  readonly log: RedisEventLog;
  /** Under which a stream is written here, by stream. */
  readonly tokens: Map<string, string>;
  readonly durability: RedisDurability;
}

/** @throws {EventLogError} `unreachable` when there is no Redis to be had. */
export async function connectSharedRedis(config: Config, logger: Logger): Promise<SharedRedis> {
  const { address, timeoutMs, prefix } = config.redis;
  let isAway = false;
  const failed = (error: Error) => {
    if (!isAway) logger.error({ event: 'redis_failed', redis: shownAddress(address), message: error.message });
    isAway = true;
  };
  const client = redisClient({ address, timeoutMs, failed });
  const subscriber = redisClient({ address, timeoutMs, failed });
  client.on('ready', () => {
    if (isAway) logger.info({ event: 'redis_back', redis: shownAddress(address) });
    isAway = false;
  });
  try {
    await connectRedis(client, address);
    await connectRedis(subscriber, address);
  } catch (error) {
    client.disconnect();
    subscriber.disconnect();
    throw error;
  }
  const durability = await redisDurability(client);
  const tokens = new Map<string, string>();
  const { retention, historyCheckpointEvents } = config.eventLog;
  const log = new RedisEventLog({
    client,
    prefix,
    isDurable: durability.isDurable,
    tokenOf: (stream) => tokens.get(stream) ?? '',
    retention,
    historyCheckpointEvents,
  });
  const node = randomBytes(4).toString('hex');
  logger.info({ event: 'redis_connected', redis: shownAddress(address), node, durability: durability.text });
  return { node, client, subscriber, log, tokens, durability };
}

export async function closeSharedRedis({ client, subscriber, log }: SharedRedis): Promise<void> {
  await log.close();
  client.disconnect();
  subscriber.disconnect();
}
