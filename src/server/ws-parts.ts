/**
 * The parts of `ws` that this server is built from: its receiver, which parses and checks what clients send, and its parser of
 * extension headers. `ws` exports them; its types do not know them yet.
 */
import type { Writable } from 'node:stream';
import * as ws from 'ws';

/** What stands behind RSV1. */
export interface Inflater {
  /** Called once a fragment; the message is complete with `isLast`. */
  decompress(data: Buffer, isLast: boolean, done: (error: Error | null, inflated?: Buffer) => void): void;
}

export interface ReceiverOptions {
  readonly isServer: true;
  /** A longer message is an error. */
  readonly maxPayload: number;
  /** More fragments, or pieces in which they arrive, are an error. */
  readonly maxFragments: number;
  readonly maxBufferedChunks: number;
  readonly extensions: { readonly 'permessage-deflate'?: Inflater };
}

/** Of one message. A piece costs far more memory than its bytes, which are limited apart; these are the defaults of `ws` itself. */
export const pieceLimits = { maxFragments: 16_384, maxBufferedChunks: 262_144 } as const;

/** Emits `message(data, isBinary)`, `ping(data)`, `pong(data)`, `conclude(code, reason)` for a close frame, and `error`. */
export type Receiver = Writable;

/** Parameters of each offer of each extension; a parameter without a value is `true`. */
export type ExtensionOffers = Record<string, Record<string, (string | true)[]>[]>;

interface WsParts {
  readonly Receiver: new (options: ReceiverOptions) => Receiver;
  readonly extension: {
    /** @throws {SyntaxError} */
    parse(header: string): ExtensionOffers;
  };
}

export const { Receiver, extension } = ws as unknown as WsParts;
