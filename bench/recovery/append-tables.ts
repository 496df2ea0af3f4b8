/**
 * The logs grow side by side to the whole market, a slice at a turn, of which the first does not count: that of one symbol, and that of
 * eight. The one symbol's logs stay, for what comes after.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type EventBatch, maxBatchEvents } from '../../src/market/event-batch.ts';
import type { BenchTable } from '../bench-table.ts';
import { Appender } from './appender.ts';
import { type BenchCase, logDirectory } from './bench-case.ts';
import { DiskRing } from './disk-ring.ts';
import { stream } from './filled-log.ts';
import { eventsOf } from './market.ts';
import { measured, type Section, tableOf } from './section.ts';
import type { Store } from './store.ts';

const leastMillionsPerSecond = 1;
const togetherStreams = Array.from({ length: 8 }, (_, s) => `${stream}-${s}`);

export async function appendTables(bench: BenchCase): Promise<BenchTable[]> {
  const slices = slicesOf(bench.market, bench.isQuick ? 5 : 20);
  const together = (store: Store) => `${logDirectory(bench, store)}-together`;
  const one = await Growth.begin(bench, slices, [stream], (store) => logDirectory(bench, store));
  const eight = await Growth.begin(bench, slices, togetherStreams, together);
  const sections = [one.section('append', 'one symbol'), eight.section('append together', '8 symbols')];
  const results = await measured(sections, slices.length - 1);
  await one.end();
  await eight.end();
  for (const store of bench.found) rmSync(together(store), { recursive: true });
  return sections.map((section) => tableOf(section, bench.missing, results));
}

/** All logs of as many symbols, and the limit. */
class Growth {
  readonly #bench: BenchCase;
  readonly #appenders: readonly Appender[];
  readonly #ringPath: string;
  readonly #ring: DiskRing;

  private constructor(bench: BenchCase, appenders: readonly Appender[], ringPath: string, ring: DiskRing) {
    this.#bench = bench;
    this.#appenders = appenders;
    this.#ringPath = ringPath;
    this.#ring = ring;
  }

  static async begin(
    bench: BenchCase,
    slices: readonly (readonly EventBatch[])[],
    streams: readonly string[],
    directoryOf: (store: Store) => string,
  ): Promise<Growth> {
    const appenders: Appender[] = [];
    for (const store of bench.found) {
      appenders.push(await Appender.open(store, directoryOf(store), streams, slices));
    }
    const ringPath = join(bench.directory, `ring-${streams.length}`);
    return new Growth(bench, appenders, ringPath, new DiskRing(ringPath, streams.length, slices));
  }

  section(name: string, who: string): Section {
    const [own, ...rivals] = this.#appenders.map((appender, i) => ({
      name: this.#bench.found[i]!.name,
      measure: () => appender.appendSlice(),
      commitP99Ms: () => appender.commitP99Ms,
    }));
    const limit = {
      name: 'limit: the disk alone',
      measure: () => this.#ring.appendSlice(),
      commitP99Ms: () => this.#ring.commitP99Ms,
    };
    return {
      name,
      title: `Durable append of ${eventsOf(this.#bench.market) / 1e6} million events in batches of ${maxBatchEvents}, ${who}`,
      unit: 'million events/s',
      demand: leastMillionsPerSecond,
      isTime: false,
      contenders: [own!, ...rivals, limit],
    };
  }

  async end(): Promise<void> {
    for (const appender of this.#appenders) await appender.close();
    this.#ring.close();
    rmSync(this.#ringPath);
  }
}

function slicesOf(market: readonly EventBatch[], count: number): readonly (readonly EventBatch[])[] {
  const bound = (i: number) => Math.ceil((i * market.length) / count);
  return Array.from({ length: count }, (_, i) => market.slice(bound(i), bound(i + 1)));
}
