/** Keeps what a venue sends of some symbols in a file, compressed, until it is told to stop. */
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { constants, createZstdCompress, type ZstdCompress } from 'node:zlib';
import type { FeedClock } from '../pace.ts';
import type { FrameHeader, FrameRecord } from './frame-record.ts';
import type { Venue } from './venue.ts';
import { type LinkTiming, VenueLink } from './venue-link.ts';
import type { OpenVenueSocket } from './venue-socket.ts';

export interface FrameRecorderOptions {
  readonly venue: Venue;
  readonly url: string;
  readonly symbols: readonly string[];
  /** Base units of one contract by symbol, of a venue that counts in contracts. */
  readonly contracts?: ReadonlyMap<string, number> | undefined;
  /** A file that is there is not written over. */
  readonly path: string;
  readonly openSocket: OpenVenueSocket;
  readonly clock: FeedClock;
  readonly random: () => number;
  readonly timing: LinkTiming;
  /** Bytes that may wait for the disk; one more ends the recording. */
  readonly maxWaitingBytes: number;
}

export class FrameRecorder {
  readonly #options: FrameRecorderOptions;
  readonly #file: Writable;
  readonly #packed: ZstdCompress;
  readonly #link: VenueLink;
  /** Rejects when the file cannot be written. */
  readonly failed: Promise<never>;
  readonly #fail: (error: Error) => void;
  frames = 0;

  constructor(options: FrameRecorderOptions) {
    this.#options = options;
    const { venue, symbols, contracts, path, clock } = options;
    const failed = Promise.withResolvers<never>();
    this.failed = failed.promise;
    this.#fail = failed.reject;
    this.#file = createWriteStream(path, { flags: 'wx' }).on('error', failed.reject);
    this.#packed = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 6 } });
    this.#packed.pipe(this.#file);
    const own = contracts && Object.fromEntries([...contracts].filter(([symbol]) => symbols.includes(symbol)));
    const header: FrameHeader = {
      format: 'heatline frames 1',
      venue: venue.name,
      symbols: [...symbols],
      ...(own && { contracts: own }),
    };
    this.#packed.write(`${JSON.stringify(header)}\n`);
    this.#link = new VenueLink({
      ...options,
      isFirst: true,
      events: {
        frame: (_, frame) => {
          this.frames++;
          this.#write({ at: clock.now(), frame });
        },
        interrupted: () => this.#write({ at: clock.now(), connection: 'interrupted' }),
        live: () => this.#write({ at: clock.now(), connection: 'live' }),
      },
    });
    this.#link.start(0);
  }

  /** Resolves when the file is whole. */
  async stop(): Promise<void> {
    this.#link.stop();
    this.#packed.end();
    await finished(this.#file);
  }

  #write(record: FrameRecord): void {
    this.#packed.write(`${JSON.stringify(record)}\n`);
    if (this.#packed.writableLength <= this.#options.maxWaitingBytes) return;
    this.#link.stop();
    this.#fail(new Error(`${this.#options.path}: the disk is too slow for what comes`));
  }
}
