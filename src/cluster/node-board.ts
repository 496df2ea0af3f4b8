/** What each node says of itself, where the others can read it: so one can be asked for all. */
import { z } from 'zod';
import { type FeedClock, waitUntil } from '../feed/pace.ts';
import type { RedisClient } from '../log/redis-client.ts';
import { type StatsView, statsSchema } from '../protocol/http-view.ts';

export interface NodeBoardOptions {
  readonly client: RedisClient;
  readonly prefix: string;
  readonly node: string;
  readonly clock: FeedClock;
  readonly stats: () => Promise<StatsView>;
  readonly failed: (error: unknown) => void;
}

const everyMs = 2000;
/** A node that has not been heard of for this long is gone. */
const goneAfterMs = 10_000;
const noteSchema = z.object({ at: z.number(), stats: statsSchema });

export class NodeBoard {
  readonly #options: NodeBoardOptions;
  readonly #key: string;

  constructor(options: NodeBoardOptions) {
    this.#options = options;
    this.#key = `${options.prefix}:nodes`;
  }

  /** Runs until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { client, node, clock, failed } = this.#options;
    while (!signal.aborted) {
      await this.#note().catch(failed);
      await waitUntil(clock, clock.now() + everyMs, signal);
    }
    await client.call('HDEL', this.#key, node).catch(failed);
  }

  /** Of every node that is there, this one as it is now. @throws {Error} when Redis is away. */
  async all(): Promise<StatsView[]> {
    const { client, node, clock, stats } = this.#options;
    const fields = (await client.call('HGETALL', this.#key)) as string[] | Record<string, string>;
    const notes = Array.isArray(fields)
      ? fields.flatMap((name, i) => (i % 2 === 0 ? [[name, fields[i + 1]!] as const] : []))
      : Object.entries(fields);
    const others = notes.flatMap(([name, text]) => {
      if (name === node) return [];
      const note = noteSchema.safeParse(parsed(text));
      return note.success && clock.now() - note.data.at < goneAfterMs ? [note.data.stats] : [];
    });
    return [await stats(), ...others];
  }

  async #note(): Promise<void> {
    const { client, node, clock, stats } = this.#options;
    await client.call('HSET', this.#key, node, JSON.stringify({ at: clock.now(), stats: await stats() }));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Counts of all nodes together. */
export function addedStats(all: readonly StatsView[]): StatsView {
  const sum = (of: (stats: StatsView) => number) => all.reduce((total, stats) => total + of(stats), 0);
  const sums = (of: (stats: StatsView) => Readonly<Record<string, number>>) => {
    const added: Record<string, number> = {};
    for (const stats of all) {
      for (const [name, count] of Object.entries(of(stats))) added[name] = (added[name] ?? 0) + count;
    }
    return added;
  };
  return {
    active_connections: sum((stats) => stats.active_connections),
    messages_sent_1m: sum((stats) => stats.messages_sent_1m),
    slow_consumers: sum((stats) => stats.slow_consumers),
    subscriptions_by_symbol: sums((stats) => stats.subscriptions_by_symbol),
    subscriptions_by_channel: sums((stats) => stats.subscriptions_by_channel),
    messages_sent_total: sum((stats) => stats.messages_sent_total),
    messages_dropped_total: sum((stats) => stats.messages_dropped_total),
    max_connections: sum((stats) => stats.max_connections),
    encodes_total: sum((stats) => stats.encodes_total),
    nodes: all.length,
  };
}
