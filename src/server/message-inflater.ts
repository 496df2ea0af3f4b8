/**
 * Inflates the compressed messages of one client (RFC 7692). Without context takeover a message stands for itself, so nothing is kept
 * from one to the next, and a client that says nothing costs nothing.
 */
import { constants, inflateRaw } from 'node:zlib';
import type { Inflater } from './ws-parts.ts';

/** What a sender leaves off the end of a message (RFC 7692, section 7.2.1). */
const tail = Buffer.of(0, 0, 0xff, 0xff);
const nothing = Buffer.alloc(0);

export class MessageInflater implements Inflater {
  readonly #maxBytes: number;
  #fragments: Buffer[] | null = null;

  /** @param maxBytes of a message when it is inflated; one that is longer is an error before it has been inflated whole. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  decompress(data: Buffer, isLast: boolean, done: (error: Error | null, inflated?: Buffer) => void): void {
    this.#fragments ??= [];
    this.#fragments.push(data);
    if (!isLast) {
      // The receiver takes no answer within its question.
      process.nextTick(done, null, nothing);
      return;
    }
    const deflated = Buffer.concat([...this.#fragments, tail]);
    this.#fragments = null;
    inflateRaw(deflated, { maxOutputLength: this.#maxBytes, finishFlush: constants.Z_SYNC_FLUSH }, done);
  }
}
