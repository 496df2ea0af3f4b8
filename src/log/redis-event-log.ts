/**
 * The event log in Redis Streams: an entry a batch, its id the version after it, the version guard and the writer's token checked in the
 * same step as the write. Whoever may write (`tokenOf`) is decided elsewhere; an old token is refused here.
 *
 * Redis may be set to forget its last moments when it is killed. Then what was shown could be told a second time and otherwise, so a
 * stream begins a new epoch when Redis was started again, unless it is set to forget nothing (`redis-durability.ts`).
 */
import { crc32 } from 'node:zlib';
import { bookTimeOf } from '../market/book-codec.ts';
import type { EventBatch } from '../market/event-batch.ts';
import { batchCount, encodeBatch } from './batch-codec.ts';
import {
  type AppendResult,
  type Checkpoint,
  type EventLog,
  EventLogError,
  type StoredBatch,
  type StreamInfo,
} from './event-log.ts';
import { keptCheckpoints } from './kept-checkpoints.ts';
import type { CheckpointInfo } from './log-reader.ts';
import { type RedisClient, redisFailure } from './redis-client.ts';
import { redisKeys } from './redis-keys.ts';
import { appendScript, checkpointScript, openScript } from './redis-scripts.ts';
import { cutByAge, cutPoints, type RetentionLimits } from './retention.ts';
import { BatchSequence, type StoredBytes } from './stored-batches.ts';

export interface RedisEventLogOptions {
  readonly client: RedisClient;
  /** First part of all keys. */
  readonly prefix: string;
  /** Whether Redis has after a restart all that it acknowledged. */
  readonly isDurable: boolean;
  /** The token under which this process writes a stream; '' while nobody was ever given one. */
  readonly tokenOf: (stream: string) => string;
  readonly retention: RetentionLimits;
  readonly historyCheckpointEvents: number;
}

const entriesPerRead = 64;
const crcBytes = 4;
const stateHeadBytes = 24;

type Entry = readonly [id: Buffer, fields: readonly Buffer[]];

export class RedisEventLog implements EventLog {
  readonly #options: RedisEventLogOptions;
  readonly #opened = new Set<string>();
  readonly #begun = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(options: RedisEventLogOptions) {
    this.#options = options;
  }

  async openStream(stream: string, epochIfNew: string, versionIfEmpty = 0): Promise<StreamInfo> {
    this.#assertOpen();
    const { state } = this.#keys(stream);
    const argv = [epochIfNew, this.#options.isDurable ? '1' : '0', String(versionIfEmpty)];
    const [epoch, version] = (await this.#script(openScript, [state], argv, 'write_failed')) as Buffer[];
    this.#opened.add(stream);
    return this.#infoOf(stream, String(epoch), Number(version));
  }

  /** The stream as it is, for those who only read it; null: there is none. */
  async lookUp(stream: string): Promise<StreamInfo | null> {
    this.#assertOpen();
    const { state } = this.#keys(stream);
    const [epoch, version] = await this.#ask<(Buffer | null)[]>('read_failed', 'HMGET', state, 'epoch', 'version');
    if (!epoch) return null;
    this.#opened.add(stream);
    return this.#infoOf(stream, String(epoch), Number(version));
  }

  /** @throws {EventLogError} also `fenced`. */
  append(stream: string, expectedVersion: number, batch: EventBatch): Promise<AppendResult> {
    return this.#during(this.#append(stream, expectedVersion, batch));
  }

  async *read(stream: string, fromVersion: number): AsyncIterable<StoredBatch> {
    this.#assertKnown(stream);
    const { log } = this.#keys(stream);
    const sequence = new BatchSequence(stream, fromVersion);
    for (;;) {
      const entries = await this.#ask<Entry[]>(
        'read_failed',
        'XRANGE',
        log,
        `${sequence.version + 1}-0`,
        '+',
        'COUNT',
        entriesPerRead,
      );
      for (const entry of entries) yield sequence.next(storedBytes(entry));
      if (entries.length < entriesPerRead) return;
    }
  }

  saveCheckpoint(stream: string, checkpoint: Checkpoint): Promise<void> {
    return this.#during(this.#saveCheckpoint(stream, checkpoint));
  }

  async loadCheckpoint(stream: string, atMost: number): Promise<Checkpoint | null> {
    this.#assertKnown(stream);
    const versions = (await this.#checkpointVersions(stream)).filter((version) => version <= atMost);
    for (const version of versions.reverse()) {
      const checkpoint = await this.#checkpoint(stream, version);
      if (checkpoint !== null) return checkpoint;
    }
    return null;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#begun);
  }

  async #append(stream: string, expectedVersion: number, batch: EventBatch): Promise<AppendResult> {
    this.#assertKnown(stream);
    const { prefix, tokenOf } = this.#options;
    const { state, log } = this.#keys(stream);
    const version = expectedVersion + batch.count;
    const bytes = Buffer.from(encodeBatch(batch).buffer);
    const argv = [String(expectedVersion), String(version), tokenOf(stream), bytes];
    // Numbers are given out before it is known whether they are needed; they rise all the same.
    const [position, answer] = await Promise.all([
      this.#ask<number>('write_failed', 'INCR', redisKeys(prefix).position),
      this.#script(appendScript, [state, log], argv, 'write_failed') as Promise<Buffer[]>,
    ]);
    const [outcome, detail] = answer.map(String) as [string, string];
    switch (outcome) {
      case 'appended':
        return { outcome, version, position };
      case 'conflict':
        return { outcome, expectedVersion, actualVersion: Number(detail) };
      case 'fenced':
        throw fenced(stream, detail);
      default:
        throw unknown(stream);
    }
  }

  async #saveCheckpoint(stream: string, { version, state: bookState }: Checkpoint): Promise<void> {
    this.#assertKnown(stream);
    const { tokenOf, historyCheckpointEvents } = this.#options;
    const { state, checkpoints, log } = this.#keys(stream);
    const bytes = Buffer.allocUnsafe(crcBytes + bookState.byteLength);
    bytes.writeUInt32LE(crc32(bookState));
    bytes.set(bookState, crcBytes);
    const versions = [...new Set([...(await this.#checkpointVersions(stream)), version])];
    const kept = keptCheckpoints(versions, historyCheckpointEvents);
    const cut = await this.#cutTo(stream, kept, version, bookState);
    const superfluous = versions.filter((each) => !kept.includes(each) || (cut !== null && each < cut));
    const argv = [tokenOf(stream), String(version), bytes, cut === null ? '' : String(cut), ...superfluous.map(String)];
    const [outcome, token] = (await this.#script(
      checkpointScript,
      [state, checkpoints, log],
      argv,
      'write_failed',
    )) as Buffer[];
    if (String(outcome) === 'fenced') throw fenced(stream, String(token));
  }

  /** Version of the checkpoint that what is beyond the limits lies before. */
  async #cutTo(
    stream: string,
    versions: readonly number[],
    newest: number,
    newestState: Uint8Array,
  ): Promise<number | null> {
    const { retention } = this.#options;
    if (retention.maxAgeMs === 0 && retention.maxBytes === 0) return null;
    const { firstVersion } = (await this.lookUp(stream))!;
    const infos: CheckpointInfo[] = [];
    for (const version of versions) {
      const state = version === newest ? newestState : (await this.#checkpoint(stream, version))?.state;
      infos.push({ version, time: state === undefined ? null : bookTimeOf(state.subarray(0, stateHeadBytes)) });
    }
    const byAge = cutByAge(firstVersion, infos, retention);
    if (byAge !== null) return byAge.version;
    const { log } = this.#keys(stream);
    const bytes = await this.#ask<number | null>('read_failed', 'MEMORY', 'USAGE', log);
    if (retention.maxBytes === 0 || (bytes ?? 0) <= retention.maxBytes) return null;
    return cutPoints(firstVersion, infos)[0]?.version ?? null;
  }

  async #infoOf(stream: string, epoch: string, version: number): Promise<StreamInfo> {
    const { log } = this.#keys(stream);
    const [first] = await this.#ask<Entry[]>('read_failed', 'XRANGE', log, '-', '+', 'COUNT', 1);
    const firstVersion = first === undefined ? version : storedBytes(first).fromVersion;
    return { stream, epoch, version, firstVersion };
  }

  async #checkpoint(stream: string, version: number): Promise<Checkpoint | null> {
    const bytes = await this.#ask<Buffer | null>('read_failed', 'HGET', this.#keys(stream).checkpoints, version);
    if (bytes === null || bytes.length < crcBytes) return null;
    const state = new Uint8Array(bytes.subarray(crcBytes));
    return crc32(state) === bytes.readUInt32LE() ? { version, state } : null;
  }

  /** Ascending. */
  async #checkpointVersions(stream: string): Promise<number[]> {
    const fields = await this.#ask<Buffer[]>('read_failed', 'HKEYS', this.#keys(stream).checkpoints);
    return fields.map(Number).sort((a, b) => a - b);
  }

  #keys(stream: string) {
    return redisKeys(this.#options.prefix).ofStream(stream);
  }

  async #ask<R>(
    code: 'read_failed' | 'write_failed',
    command: string,
    ...argv: (string | number | Buffer)[]
  ): Promise<R> {
    this.#assertOpen();
    try {
      return (await this.#options.client.callBuffer(command, ...argv)) as R;
    } catch (error) {
      throw redisFailure(error, code);
    }
  }

  #script(
    script: string,
    keys: readonly string[],
    argv: readonly (string | Buffer)[],
    code: 'read_failed' | 'write_failed',
  ): Promise<unknown> {
    return this.#ask(code, 'EVAL', script, keys.length, ...keys, ...argv);
  }

  async #during<R>(work: Promise<R>): Promise<R> {
    this.#begun.add(work);
    try {
      return await work;
    } finally {
      this.#begun.delete(work);
    }
  }

  #assertKnown(stream: string): void {
    this.#assertOpen();
    if (!this.#opened.has(stream)) throw unknown(stream);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new EventLogError('closed', 'the event log is closed');
  }
}

/** An entry's id is the version after it. */
function storedBytes([id, fields]: Entry): StoredBytes {
  const bytes = new Uint8Array(fields[1]!);
  const count = batchCount(bytes);
  return { fromVersion: Number(id.toString('latin1').split('-')[0]) - count, count, bytes };
}

function unknown(stream: string): EventLogError {
  return new EventLogError('stream_unknown', `stream ${stream} was not opened`);
}

function fenced(stream: string, token: string): EventLogError {
  return new EventLogError('fenced', `stream ${stream} has another writer by now (${token})`);
}
