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
  readonly extensions: { readonly 'permessage-deflate'?: Inflater };
}

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
