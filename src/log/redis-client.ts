/**
 * A connection to Redis that says at once when Redis is away: nothing is queued up for it, and nothing is sent again unasked. Whoever
 * asked hears a named error, and decides.
 */
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { EventLogError, type EventLogErrorCode } from './event-log.ts';
import { type RedisAddress, shownAddress } from './redis-address.ts';

export type RedisClient = Redis | Cluster;

export interface RedisClientOptions {
  readonly address: RedisAddress;
  /** A command that is not answered within this time has failed; it may still have been done. */
  readonly timeoutMs: number;
  /** Hears of each failure of the connection; it is made again by itself. */
  readonly failed: (error: Error) => void;
}

const reconnectMs = { first: 50, most: 2000 };
const backoff = (attempt: number) => Math.min(reconnectMs.first * 2 ** (attempt - 1), reconnectMs.most);

/** Not connected yet: `ready` of it tells. */
export function redisClient({ address, timeoutMs, failed }: RedisClientOptions): RedisClient {
  const { kind, hosts, username, password, database, master, isEncrypted } = address;
  const common = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(isEncrypted && { tls: {} }),
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: timeoutMs,
    connectTimeout: timeoutMs,
    retryStrategy: backoff,
    lazyConnect: true,
  } satisfies RedisOptions;
  const client = clientOf();
  client.on('error', failed);
  return client;

  function clientOf(): RedisClient {
    switch (kind) {
      case 'server':
        return new Redis({ ...common, ...hosts[0]!, db: database });
      case 'sentinel':
        return new Redis({
          ...common,
          sentinels: [...hosts],
          name: master!,
          ...(password !== undefined && { sentinelPassword: password }),
          ...(isEncrypted && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
          sentinelRetryStrategy: backoff,
        });
      case 'cluster':
        return new Cluster([...hosts], {
          redisOptions: common,
          enableOfflineQueue: false,
          lazyConnect: true,
          shardedSubscribers: true,
          clusterRetryStrategy: backoff,
        });
    }
  }
}

/** @throws {EventLogError} `unreachable` when there is no Redis to be had now. */
export async function connectRedis(client: RedisClient, address: RedisAddress): Promise<void> {
  try {
    await client.connect();
  } catch (cause) {
    const what = `Redis at ${shownAddress(address)} does not answer: ${(cause as Error).message}`;
    throw new EventLogError('unreachable', `${what}. Start it, or see REDIS_URL.`, { cause });
  }
}

export function redisFailure(cause: unknown, code: EventLogErrorCode): EventLogError {
  if (cause instanceof EventLogError) return cause;
  return new EventLogError(code, `Redis: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}
