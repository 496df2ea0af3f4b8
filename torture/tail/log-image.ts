/** The files of a log as bytes, as a process left them, and what must come back from them. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SimulatedMarket } from '../../src/feed/simulated-market.ts';
import { encodeBook } from '../../src/market/book-codec.ts';
import type { MarketEvent } from '../../src/market/event.ts';
import { batchFromEvents, type EventBatch } from '../../src/market/event-batch.ts';
import { LogTruth } from './log-truth.ts';
import { StoreLog } from './store-log.ts';
import { liveBytes } from './wal-frames.ts';

export type LogFiles = ReadonlyMap<string, Uint8Array>;

export interface LogImage {
  readonly name: string;
  readonly files: LogFiles;
  /** The file that is damaged, up to which byte. */
  readonly target: string;
  readonly bytes: number;
  /**
   * Where each commit ends in the damaged file; 0: it does not lie there. What ends before the damage must come back, and of the rest
   * nothing or whole commits. Null: the file is not written in the order of commits, and whole batches of each stream will do.
   */
  readonly ends: readonly number[] | null;
  readonly truth: LogTruth;
}

const mainName = 'events.sqlite';
const walName = `${mainName}-wal`;
const indexName = `${mainName}-shm`;
/** Its header, its readers' marks and the first entries. */
const indexBytes = 512;
const walHeaderBytes = 32;
const frameBytes = 4096 + 24;
const staleFrames = 3;
const priceless = 'SOLUSDT';
const startMs = 1_700_000_000_000;
/** Far more than make a write-ahead log begin again. */
const mostCheckpoints = 100;
const model = { kind: 'model_set', tiers: 1, ladder: 1, churn: 0.5, halfLifeMs: 86_400_000 } as const;

/** @param scratch an empty directory for the makers. */
export async function logImages(scratch: string): Promise<LogImage[]> {
  const young = await killed(scratch);
  const images = [young, await killedOverOlderFrames(scratch), await closed(scratch)];
  return young.files.has(indexName) ? [...images, withDamagedIndex(young)] : images;
}

/** What `kill -9` leaves of a young log: all of it is in the write-ahead log. */
async function killed(scratch: string): Promise<LogImage> {
  const writer = await LogWriter.begin(scratch);
  for (let i = 0; i < 10; i++) await writer.commit(i % 3 === 2 ? ['a', 'b'] : ['a']);
  const files = writer.files();
  await writer.close();
  return { name: 'killed', files, ...targetOf(files, walName), ends: writer.ends, truth: writer.truth };
}

/** The index of the write-ahead log holds nothing that is not in the log: no damage to it may cost a commit. */
function withDamagedIndex({ files, truth, ends }: LogImage): LogImage {
  const none = ends!.map(() => 0);
  return { name: 'killed, damaged index', files, target: indexName, bytes: indexBytes, ends: none, truth };
}

/** What it leaves of an older one: the write-ahead log has begun again, and behind its end lie frames of before. */
async function killedOverOlderFrames(scratch: string): Promise<LogImage> {
  const writer = await LogWriter.begin(scratch);
  for (let i = 0; i < 8; i++) await writer.commit(['a', 'b']);
  for (let i = 0; writer.hasGrown; i++) {
    if (i === mostCheckpoints) throw new Error('the write-ahead log never begins again');
    await writer.checkpoint('a');
    await writer.commit(['b']);
  }
  for (let i = 0; i < 4; i++) await writer.commit(['a', 'b']);
  const end = writer.ends.at(-1)! + staleFrames * frameBytes;
  const files = new Map(writer.files());
  files.set(walName, files.get(walName)!.subarray(0, end));
  await writer.close();
  return {
    name: 'killed over older frames',
    files,
    ...targetOf(files, walName),
    ends: writer.ends,
    truth: writer.truth,
  };
}

/** One that was closed and has nothing but its main file, with trees of more than one page. */
async function closed(scratch: string): Promise<LogImage> {
  const writer = await LogWriter.begin(scratch);
  for (let i = 0; i < 300; i++) await writer.commit(i % 3 === 2 ? ['a', 'b'] : ['a']);
  // As a server leaves it that stops: with a checkpoint of all there is.
  for (let i = 0; i < 20; i++) await writer.commit(['c']);
  await writer.checkpoint('c');
  await writer.close();
  const files = writer.files();
  return { name: 'closed', files, ...targetOf(files, mainName), ends: null, truth: writer.truth };
}

function targetOf(files: LogFiles, target: string): { target: string; bytes: number } {
  const bytes = files.get(target)?.length;
  if (bytes === undefined || bytes < walHeaderBytes) throw new Error(`there is no ${target}`);
  return { target, bytes };
}

/** @param directory that is not there yet. */
export function writeFiles(directory: string, files: LogFiles): void {
  mkdirSync(directory);
  for (const [name, bytes] of files) writeFileSync(join(directory, name), bytes);
}

/** Writes to a log what it tells the truth. */
class LogWriter {
  readonly truth = new LogTruth();
  /** Where the commits end in the write-ahead log; 0: not in it. */
  ends: number[] = [];
  /** Whether the write-ahead log goes on where it was. */
  hasGrown = true;
  readonly #directory: string;
  readonly #log: StoreLog;
  readonly #batches = new Map<string, Iterator<EventBatch, never>>();

  private constructor(scratch: string) {
    this.#directory = mkdtempSync(join(scratch, 'writer-'));
    this.#log = new StoreLog(this.#directory);
  }

  static async begin(scratch: string): Promise<LogWriter> {
    const writer = new LogWriter(scratch);
    const symbols = { a: 'BTCUSDT', b: 'ETHUSDT', c: priceless };
    for (const [stream, symbol] of Object.entries(symbols)) {
      await writer.#log.openStream(stream, `epoch-${stream}`);
      writer.truth.opened(stream, symbol, `epoch-${stream}`);
      writer.#committed();
      writer.#batches.set(stream, batchesOf(symbol));
    }
    // Before its first price a book is small, and so is its checkpoint.
    for (let i = 0; i < 2; i++) {
      await writer.commit(['a', 'b']);
      await writer.checkpoint('a');
    }
    return writer;
  }

  /** The next batch of each stream, in one commit. */
  async commit(streams: readonly string[]): Promise<void> {
    const appends = streams.map((stream) => {
      const expectedVersion = this.truth.streams.get(stream)!.book.version;
      return { stream, expectedVersion, batch: this.#batches.get(stream)!.next().value };
    });
    await this.#log.appendTogether(appends);
    for (const { stream, batch } of appends) this.truth.appended(stream, batch);
    this.truth.committed();
    this.#committed();
  }

  async checkpoint(stream: string): Promise<void> {
    const { book } = this.truth.streams.get(stream)!;
    await this.#log.saveCheckpoint(stream, { version: book.version, state: encodeBook(book) });
  }

  files(): LogFiles {
    return new Map(readdirSync(this.#directory).map((name) => [name, readFileSync(join(this.#directory, name))]));
  }

  close(): Promise<void> {
    return this.#log.close();
  }

  #committed(): void {
    const end = liveBytes(readFileSync(join(this.#directory, walName)));
    this.hasGrown = end > (this.ends.at(-1) ?? 0);
    if (!this.hasGrown) this.ends = this.ends.map(() => 0);
    this.ends.push(end);
  }
}

/** Open interest before there is a price, then a market; or no price ever, so that books and checkpoints stay small. */
function* batchesOf(symbol: string): Generator<EventBatch, never> {
  const openInterest = (second: number): MarketEvent => {
    const time = startMs + second;
    return { kind: 'open_interest', time, id: time, contracts: 50_000 + second };
  };
  yield batchFromEvents([{ ...model, time: startMs, id: 1 }, openInterest(0)]);
  yield batchFromEvents([openInterest(1)]);
  for (let second = 2; symbol === priceless; second += 2) {
    yield batchFromEvents([openInterest(second), openInterest(second + 1)]);
  }
  const market = new SimulatedMarket(symbol, 1, startMs + 1000);
  yield batchFromEvents(market.opening());
  for (;;) yield batchFromEvents(market.step());
}
