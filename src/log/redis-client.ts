/**
 * A connection to Redis that says at once when Redis is away: nothing is queued up for it, and nothing is sent again unasked. Whoever
 * asked hears a named error, and decides.
 */
import { once } from 'node:events';
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

const readyWithinMs = 2000;
const reconnectMs = { first: 50, most: 2000 };
const backoff = (attempt: number) => Math.min(reconnectMs.first * 2 ** (attempt - 1), reconnectMs.most);

/** Not connected yet: `ready` of it tells. */
export function redisClient({ address, timeoutMs, failed }: RedisClientOptions): RedisClient {
  const { kind, hosts, username, password, database, master, isEncrypted } = address;
  const each = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(isEncrypted && { tls: {} }),
    commandTimeout: timeoutMs,
    connectTimeout: timeoutMs,
  } satisfies RedisOptions;
  const common = {
    ...each,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
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
          // A cluster's client looks after the connections to its nodes itself.
          redisOptions: each,
          enableOfflineQueue: false,
          // It would ask before it lets anything through.
          enableReadyCheck: false,
          lazyConnect: true,
          shardedSubscribers: true,
          clusterRetryStrategy: backoff,
        });
    }
  }
}

/** @throws {EventLogError} `unreachable` when there is no Redis to be had now. */
export async function connectRedis(client: RedisClient, address: RedisAddress): Promise<void> {
  // What `connect` rejects with is that the connection is closed; why, it told before.
  let reason: Error | null = null;
  const hear = (error: Error) => {
    reason = error;
  };
  client.on('error', hear);
  try {
    await client.connect();
    // A cluster's client is ready a moment after it is connected.
    if (client.status !== 'ready') await once(client, 'ready', { signal: AbortSignal.timeout(readyWithinMs) });
  } catch (error) {
    const cause = reason ?? (error as Error);
    const what = `Redis at ${shownAddress(address)} does not answer: ${cause.message}`;
    throw new EventLogError('unreachable', `${what}. Start it, or see REDIS_URL.`, { cause });
  } finally {
    client.off('error', hear);
  }
}

export function redisFailure(cause: unknown, code: EventLogErrorCode): EventLogError {
  if (cause instanceof EventLogError) return cause;
  return new EventLogError(code, `Redis: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}
