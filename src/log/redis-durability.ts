/** What Redis is set to keep when it is killed or fails over, in words and as far as it matters to the log. */
import type { RedisClient } from './redis-client.ts';

export interface RedisDurability {
  /** Whether it has after a restart all that it acknowledged. */
  readonly isDurable: boolean;
  /** For people. */
  readonly text: string;
}

type Settings = Readonly<Record<string, string>>;

/** Managed servers may refuse to tell. */
export async function redisDurability(client: RedisClient): Promise<RedisDurability> {
  try {
    const pairs = (await client.call('CONFIG', 'GET', 'append*')) as string[];
    const settings: Settings = Object.fromEntries(
      pairs.flatMap((name, i) => (i % 2 === 0 ? [[name, pairs[i + 1]!]] : [])),
    );
    const replication = String(await client.call('INFO', 'replication'));
    return durabilityOf(settings, Number(/connected_slaves:(\d+)/.exec(replication)?.[1] ?? 0));
  } catch {
    return { isDurable: false, text: 'unknown: Redis does not tell its settings, so it is taken to forget' };
  }
}

export function durabilityOf({ appendonly, appendfsync }: Settings, replicas: number): RedisDurability {
  if (replicas > 0) {
    return {
      isDurable: false,
      text: `${replicas} replicas: a failover may forget what they had not got yet; streams then begin a new epoch`,
    };
  }
  if (appendonly !== 'yes') {
    return {
      isDurable: false,
      text: 'appendonly no: a Redis that ends forgets events; streams then begin a new epoch',
    };
  }
  if (appendfsync !== 'always') {
    return {
      isDurable: false,
      text: `appendfsync ${appendfsync}: a Redis that is killed may forget its last moments; streams then begin a new epoch`,
    };
  }
  return { isDurable: true, text: 'appendfsync always: nothing that was acknowledged is forgotten' };
}
