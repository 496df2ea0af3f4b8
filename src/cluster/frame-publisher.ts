/**
 * Tells the other nodes, and whoever else listens, of each picture of the symbols that this node writes.
 *
 * `PREFIX:SYMBOL` carries the snapshot's JSON for anybody; `PREFIX:SYMBOL:frames` the finished frames for nodes. The last of these are
 * kept in Redis, for a node that begins or has missed something. What Redis does not take in time is not queued up behind it: the
 * next picture holds all that matters.
 */
import type { SymbolFrame } from '../actors/symbol-frame.ts';
import type { RedisClient } from '../log/redis-client.ts';
import { redisKeys } from '../log/redis-keys.ts';
import { payloadOf } from '../protocol/websocket-frame.ts';
import { encodeFrame, type FrameHeader } from './frame-codec.ts';

export interface FramePublisherOptions {
  readonly client: RedisClient;
  readonly prefix: string;
  readonly node: string;
  /** Pictures of a symbol that are kept for nodes that have missed some. */
  readonly recentPictures: number;
  /** What health says of a symbol that is written here. */
  readonly describe: (symbol: string) => Pick<FrameHeader, 'health' | 'assumptions'>;
  /** ms from handing a picture to Redis to its answer. */
  readonly published: (symbol: string, ms: number) => void;
  readonly failed: (symbol: string, error: unknown) => void;
}

/** Pictures on their way to Redis at a time, of all symbols; those beyond are not sent. */
const mostUnderWay = 256;

export class FramePublisher {
  readonly #options: FramePublisherOptions;
  readonly #previous = new Map<string, SymbolFrame>();
  #underWay = 0;

  constructor(options: FramePublisherOptions) {
    this.#options = options;
  }

  /** @param stream that the symbol is written to. */
  publish(symbol: string, stream: string, tick: number, frame: SymbolFrame | undefined): void {
    const { prefix, node, describe, recentPictures, published, failed } = this.#options;
    const previous = this.#previous.get(symbol);
    if (frame !== undefined) this.#previous.set(symbol, frame);
    if (this.#underWay >= mostUnderWay) {
      failed(symbol, new Error(`relay_overflow: ${mostUnderWay} pictures are on their way to Redis`));
      return;
    }
    const message = encodeFrame({ node, symbol, tick, isLast: false, ...describe(symbol) }, frame, previous);
    const channel = frameChannel(prefix, symbol);
    const sent: Promise<unknown>[] = [];
    // First where it is looked up, then where it is heard.
    if (frame !== undefined) {
      const { frames } = redisKeys(prefix).ofStream(stream);
      sent.push(this.#call('XADD', frames, 'MAXLEN', '=', recentPictures, '*', 'frame', message));
      sent.push(this.#call('SPUBLISH', `${prefix}:${symbol}`, Buffer.from(payloadOf(frame.bytes))));
    }
    sent.push(this.#call('SPUBLISH', channel, message));
    this.#underWay++;
    const startedAt = performance.now();
    Promise.all(sent).then(
      () => {
        this.#underWay--;
        published(symbol, performance.now() - startedAt);
      },
      (error) => {
        this.#underWay--;
        failed(symbol, error);
      },
    );
  }

  /** Others need not wait until the lease has run out. */
  async leave(symbol: string, tick: number): Promise<void> {
    const { prefix, node, describe, failed } = this.#options;
    const message = encodeFrame({ node, symbol, tick, isLast: true, ...describe(symbol) }, undefined, undefined);
    await this.#call('SPUBLISH', frameChannel(prefix, symbol), message).catch((error) => failed(symbol, error));
  }

  /** What the others have seen last, when this node begins to write. */
  follows(symbol: string, frame: SymbolFrame | undefined): void {
    if (frame === undefined) this.#previous.delete(symbol);
    else this.#previous.set(symbol, frame);
  }

  #call(command: string, ...argv: (string | number | Buffer)[]): Promise<unknown> {
    return this.#options.client.call(command, ...argv);
  }
}

export function frameChannel(prefix: string, symbol: string): string {
  return `${prefix}:${symbol}:frames`;
}
