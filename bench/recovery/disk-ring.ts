/**
 * What the disk allows: the bytes of the batches written over a few megabytes that were written before, and synced, by a thread that
 * does nothing else. It is no log, because it writes over what it wrote; but a file that grows would cost more, for its file system
 * then writes down how long it is at every sync.
 */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { encodeBatch } from '../../src/log/batch-codec.ts';
import type { EventBatch } from '../../src/market/event-batch.ts';
import { eventsOf } from './market.ts';
import { percentile99 } from './percentile99.ts';

const ringBytes = 4 * 2 ** 20;

export class DiskRing {
  /** As that of an `Appender`. */
  commitP99Ms = Number.NaN;
  readonly #file: number;
  readonly #batchesPerSync: number;
  readonly #slices: Iterator<readonly EventBatch[]>;
  #offset = 0;

  constructor(path: string, batchesPerSync: number, slices: Iterable<readonly EventBatch[]>) {
    this.#file = openSync(path, 'w');
    writeSync(this.#file, new Uint8Array(ringBytes));
    fdatasyncSync(this.#file);
    this.#batchesPerSync = batchesPerSync;
    this.#slices = slices[Symbol.iterator]();
  }

  /** Million events/s over the next slice. */
  appendSlice(): number {
    const slice = this.#slices.next();
    if (slice.done === true) throw new Error('every slice was appended');
    const batches = slice.value;
    const commitMs: number[] = [];
    const startedAt = performance.now();
    for (let from = 0; from < batches.length; from += this.#batchesPerSync) {
      const calledAt = performance.now();
      for (const batch of batches.slice(from, from + this.#batchesPerSync)) this.#write(encodeBatch(batch));
      fdatasyncSync(this.#file);
      commitMs.push(performance.now() - calledAt);
    }
    const figure = eventsOf(batches) / ((performance.now() - startedAt) * 1000);
    this.commitP99Ms = percentile99(commitMs);
    return figure;
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(bytes: Uint8Array): void {
    if (this.#offset + bytes.byteLength > ringBytes) this.#offset = 0;
    writeSync(this.#file, bytes, 0, bytes.byteLength, this.#offset);
    this.#offset += bytes.byteLength;
  }
}
