/** One log that is filled slice by slice, so that logs can take turns and a slow moment of the disk hits all alike. */
import { mkdirSync } from 'node:fs';
import type { EventLog } from '../../src/log/event-log.ts';
import type { EventBatch } from '../../src/market/event-batch.ts';
import { eventsOf } from './market.ts';
import { percentile99 } from './percentile99.ts';
import type { Store } from './store.ts';

interface Stream {
  readonly name: string;
  version: number;
}

export class Appender {
  /** 99th percentile over the last slice, from the call to the acknowledgement. */
  commitP99Ms = Number.NaN;
  readonly #log: EventLog;
  readonly #streams: readonly Stream[];
  readonly #slices: Iterator<readonly EventBatch[]>;

  private constructor(log: EventLog, streams: readonly Stream[], slices: Iterable<readonly EventBatch[]>) {
    this.#log = log;
    this.#streams = streams;
    this.#slices = slices[Symbol.iterator]();
  }

  /** @param directory is made. */
  static async open(
    store: Store,
    directory: string,
    streams: readonly string[],
    slices: Iterable<readonly EventBatch[]>,
  ): Promise<Appender> {
    mkdirSync(directory);
    const log = await store.open(directory);
    for (const name of streams) await log.openStream(name, 'bench');
    const opened = streams.map((name) => ({ name, version: 0 }));
    return new Appender(log, opened, slices);
  }

  /** Million events/s over the next slice, dealt out to the streams, each of which waits for its acknowledgement before its next batch. */
  async appendSlice(): Promise<number> {
    const slice = this.#slices.next();
    if (slice.done === true) throw new Error('every slice was appended');
    const batches = slice.value;
    const shares = this.#streams.map((_, s) => batches.filter((_batch, i) => i % this.#streams.length === s));
    const commitMs: number[] = [];
    const startedAt = performance.now();
    await Promise.all(this.#streams.map((stream, s) => this.#appendAll(stream, shares[s]!, commitMs)));
    const figure = eventsOf(batches) / ((performance.now() - startedAt) * 1000);
    this.commitP99Ms = percentile99(commitMs);
    return figure;
  }

  close(): Promise<void> {
    return this.#log.close();
  }

  async #appendAll(stream: Stream, batches: readonly EventBatch[], commitMs: number[]): Promise<void> {
    for (const batch of batches) {
      const calledAt = performance.now();
      const result = await this.#log.append(stream.name, stream.version, batch);
      commitMs.push(performance.now() - calledAt);
      if (result.outcome !== 'appended') throw new Error(`${stream.name} is at ${result.actualVersion} already`);
      stream.version = result.version;
    }
  }
}
