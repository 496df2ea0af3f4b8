/**
 * Events from a table into a log. The whole file is read and checked before anything is written; what the log has already is passed
 * over, so an import that was broken off is done again.
 */
import { encodeBatch } from '../log/batch-codec.ts';
import type { SqliteStore } from '../log/sqlite-store.ts';
import type { MarketEvent } from '../market/event.ts';
import { batchFromEvents, maxBatchEvents } from '../market/event-batch.ts';
import type { EventFile } from './event-files.ts';
import { BadRow, eventOf, type PlacedEvent } from './event-table.ts';
import type { Progress } from './progress.ts';

export interface Imported {
  readonly stream: string;
  readonly events: number;
}

interface Target {
  readonly epoch: string;
  /** Events that the log has already. */
  readonly had: number;
  /** Seq of the last row of the file. */
  seq: number;
}

/** Batches written in one transaction. */
const batchesPerCommit = 64;

/** @throws {BadRow} that names the row, before anything was written. */
export async function importLog(
  store: SqliteStore,
  file: EventFile,
  path: string,
  progress: Progress,
): Promise<Imported[]> {
  const { targets, rows } = await checked(store, file, path);
  for (const [stream, { epoch }] of targets) store.openStream(stream, epoch);
  const writer = new StreamWriter(store);
  let done = 0;
  for await (const row of file.read(path)) {
    const placed = eventOf(row);
    if (placed.seq > targets.get(placed.stream)!.had) writer.add(placed);
    progress.at(++done, rows);
  }
  writer.flush();
  progress.end();
  return [...targets].map(([stream, { had, seq }]) => ({ stream, events: Math.max(seq - had, 0) }));
}

async function checked(store: SqliteStore, file: EventFile, path: string) {
  const existing = new Map(store.streams().map((stream) => [stream.stream, stream]));
  const targets = new Map<string, Target>();
  let rows = 0;
  for await (const row of file.read(path)) {
    rows++;
    const wrong = (what: string) => new BadRow(`${path}, row ${rows}: ${what}`);
    let placed: PlacedEvent;
    try {
      placed = eventOf(row);
    } catch (error) {
      if (error instanceof BadRow) throw wrong(error.message);
      throw error;
    }
    const { stream, epoch, seq } = placed;
    let target = targets.get(stream);
    if (target === undefined) {
      const there = existing.get(stream);
      if (there !== undefined && there.epoch !== epoch) {
        throw wrong(
          `the log has stream ${stream} of epoch ${there.epoch}, the file of epoch ${epoch}; import into another directory`,
        );
      }
      const had = there?.version ?? 0;
      if (seq > had + 1) throw wrong(`stream ${stream} begins with seq ${seq} where ${had + 1} should follow`);
      target = { epoch, had, seq: seq - 1 };
      targets.set(stream, target);
    }
    if (epoch !== target.epoch) throw wrong(`stream ${stream} changes its epoch from ${target.epoch} to ${epoch}`);
    if (seq !== target.seq + 1)
      throw wrong(`stream ${stream} goes on with seq ${seq} where ${target.seq + 1} should follow`);
    target.seq = seq;
  }
  return { targets, rows };
}

class StreamWriter {
  readonly #store: SqliteStore;
  #requests: Parameters<SqliteStore['appendMany']>[0][number][] = [];
  #stream = '';
  #version = 0;
  #events: MarketEvent[] = [];

  constructor(store: SqliteStore) {
    this.#store = store;
  }

  add({ stream, seq, event }: PlacedEvent): void {
    if (stream !== this.#stream || this.#events.length === maxBatchEvents) this.#endBatch();
    if (this.#events.length === 0) {
      this.#stream = stream;
      this.#version = seq - 1;
    }
    this.#events.push(event);
  }

  flush(): void {
    this.#endBatch();
    this.#commit();
  }

  #endBatch(): void {
    if (this.#events.length === 0) return;
    const batch = batchFromEvents(this.#events);
    this.#requests.push({
      stream: this.#stream,
      expectedVersion: this.#version,
      count: batch.count,
      bytes: encodeBatch(batch),
    });
    this.#events = [];
    if (this.#requests.length === batchesPerCommit) this.#commit();
  }

  #commit(): void {
    const results = this.#store.appendMany(this.#requests);
    this.#requests = [];
    const conflict = results.find(({ outcome }) => outcome === 'conflict');
    if (conflict !== undefined) throw new Error(`a stream of the file comes in parts that do not follow one another`);
  }
}
