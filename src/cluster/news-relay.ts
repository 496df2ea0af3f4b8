/**
 * Takes the news of the symbols that this node writes to the other nodes, and theirs to the clients of this one. What was lost on the
 * way is read from the log when the next comes: so a node's clients are told the same as the writer's, only later.
 *
 * `PREFIX:SYMBOL:liquidations` carries the messages as clients get them, for anybody who listens.
 */
import type { LiquidationNews } from '../actors/liquidation-news.ts';
import type { SymbolNews } from '../actors/symbol-news.ts';
import type { EventLog } from '../log/event-log.ts';
import type { RedisClient } from '../log/redis-client.ts';
import { picturedBy } from '../market/picture-name.ts';
import { type LiquidationsMessage, liquidationsSchema } from '../protocol/liquidations-message.ts';
import type { ScoreMessage } from '../protocol/score-message.ts';
import { ScoreRelay } from './score-relay.ts';

export interface NewsRelayOptions {
  readonly client: RedisClient;
  readonly subscriber: RedisClient;
  readonly prefix: string;
  /** Of symbols, and of venues' own. */
  readonly names: readonly string[];
  /** That all nodes share. */
  readonly log: EventLog;
  readonly streamOf: (symbol: string) => string;
  readonly newsOf: (name: string) => LiquidationNews;
  /** Whether this node writes the symbol. */
  readonly isWritten: (symbol: string) => boolean;
  /** Scores of another node, to the clients of this one. */
  readonly tell: (message: ScoreMessage) => void;
  readonly failed: (name: string, error: unknown) => void;
}

export class NewsRelay {
  readonly #options: NewsRelayOptions;
  readonly #scores: ScoreRelay;
  /** Under repair, with the newest that came meanwhile. */
  readonly #repairs = new Map<string, LiquidationsMessage>();

  constructor(options: NewsRelayOptions) {
    this.#options = options;
    this.#scores = new ScoreRelay(options);
  }

  async start(): Promise<void> {
    const { subscriber, prefix, names } = this.#options;
    const byChannel = new Map(names.map((name) => [newsChannel(prefix, name), name]));
    subscriber.on('smessageBuffer', (channel: Buffer, message: Buffer) => {
      const name = byChannel.get(channel.toString());
      if (name !== undefined) this.#receive(name, message.toString());
    });
    for (const channel of byChannel.keys()) await subscriber.ssubscribe(channel);
    await this.#scores.start();
  }

  /** The clients of this node have been told. */
  told({ symbol: name, message }: SymbolNews): void {
    const { client, prefix, isWritten, failed } = this.#options;
    if (message.type === 'score') {
      this.#scores.told(message);
      return;
    }
    if (!isWritten(picturedBy(name).symbol)) return;
    // What does not arrive is found missing by whoever gets the next.
    client
      .call('SPUBLISH', newsChannel(prefix, name), JSON.stringify(message))
      .catch((error: unknown) => failed(name, error));
  }

  #receive(name: string, text: string): void {
    // Its own words come back.
    if (this.#options.isWritten(picturedBy(name).symbol)) return;
    try {
      this.#take(name, liquidationsSchema.parse(JSON.parse(text)) as LiquidationsMessage);
    } catch (error) {
      this.#options.failed(name, error);
    }
  }

  #take(name: string, message: LiquidationsMessage): void {
    const isUnderRepair = this.#repairs.has(name);
    if (!isUnderRepair && this.#options.newsOf(name).heard(message)) return;
    this.#repairs.set(name, message);
    if (!isUnderRepair) void this.#repair(name, message);
  }

  async #repair(name: string, { epoch, prev_seq }: LiquidationsMessage): Promise<void> {
    const { log, streamOf, newsOf, failed } = this.#options;
    const news = newsOf(name);
    try {
      await news.begin(log, streamOf(picturedBy(name).symbol), epoch, prev_seq);
      news.tell();
    } catch (error) {
      // What is not in the log any more is told by the gap between the places that messages name.
      news.follow(epoch, prev_seq);
      failed(name, error);
    }
    const newest = this.#repairs.get(name)!;
    this.#repairs.delete(name);
    this.#take(name, newest);
  }
}

export function newsChannel(prefix: string, name: string): string {
  return `${prefix}:${name}:liquidations`;
}
