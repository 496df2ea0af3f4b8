/**
 * Takes what the node that writes a symbol says of its score to the clients of the others. Entries have numbers, so what was lost on the
 * way is told as missed by the next; the writer's `/accuracy.json` has all of it.
 *
 * `PREFIX:SYMBOL:score` carries the messages as clients get them, for anybody who listens.
 */
import type { RedisClient } from '../log/redis-client.ts';
import { picturedBy } from '../market/picture-name.ts';
import { type ScoreMessage, scoreSchema } from '../protocol/score-message.ts';

export interface ScoreRelayOptions {
  readonly client: RedisClient;
  readonly subscriber: RedisClient;
  readonly prefix: string;
  /** Of symbols, and of venues' own. */
  readonly names: readonly string[];
  /** Whether this node writes the symbol. */
  readonly isWritten: (symbol: string) => boolean;
  /** To the clients of this node. */
  readonly tell: (message: ScoreMessage) => void;
  readonly failed: (name: string, error: unknown) => void;
}

export class ScoreRelay {
  readonly #options: ScoreRelayOptions;
  /** Number of the entry that should come next, by name. */
  readonly #next = new Map<string, number>();

  constructor(options: ScoreRelayOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { subscriber, prefix, names } = this.#options;
    const byChannel = new Map(names.map((name) => [scoreChannel(prefix, name), name]));
    subscriber.on('smessageBuffer', (channel: Buffer, message: Buffer) => {
      const name = byChannel.get(channel.toString());
      if (name !== undefined) this.#receive(name, message.toString());
    });
    for (const channel of byChannel.keys()) await subscriber.ssubscribe(channel);
  }

  /** The clients of this node have been told. */
  told(message: ScoreMessage): void {
    const { client, prefix, isWritten, failed } = this.#options;
    const { symbol: name, data } = message;
    this.#next.set(name, data.at(-1)!.entry.number + 1);
    if (!isWritten(picturedBy(name).symbol)) return;
    client
      .call('SPUBLISH', scoreChannel(prefix, name), JSON.stringify(message))
      .catch((error: unknown) => failed(name, error));
  }

  #receive(name: string, text: string): void {
    const { isWritten, tell, failed } = this.#options;
    // Its own words come back.
    if (isWritten(picturedBy(name).symbol)) return;
    try {
      const message = scoreSchema.parse(JSON.parse(text));
      const { number } = message.data[0]!.entry;
      tell({ ...message, missed: Math.max(number - (this.#next.get(name) ?? number), 0) });
    } catch (error) {
      failed(name, error);
    }
  }
}

export function scoreChannel(prefix: string, name: string): string {
  return `${prefix}:${name}:score`;
}
