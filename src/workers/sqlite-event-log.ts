/** The event log on disk: the port's promises, kept by a thread of its own. */
import { Worker } from 'node:worker_threads';
import { BatchPage } from '../log/batch-page.ts';
import {
  type AppendResult,
  type Checkpoint,
  type EventLog,
  EventLogError,
  type StoredBatch,
  type StreamInfo,
} from '../log/event-log.ts';
import type { StoreOptions } from '../log/sqlite-store.ts';
import { BatchSequence } from '../log/stored-batches.ts';
import type { EventBatch } from '../market/event-batch.ts';
import { type AppendAnswers, PendingAppends } from './append-group.ts';
import type { LogAnswer, LogCall, LogCalls, LogNotice, LogOpening, LogRequest } from './log-protocol.ts';
import { programFile } from './program-file.ts';

export interface SqliteEventLogOptions extends Partial<Omit<StoreOptions, 'directory'>> {
  readonly directory: string;
  /** Calls that may wait for an answer; one more is refused with `write_failed`. */
  readonly maxPending: number;
  /** Told when the thread ends without having been asked to. */
  readonly onLost: (error: EventLogError) => void;
  /** Told when old events could not be deleted. */
  readonly onCutBackFailed?: (message: string) => void;
}

interface Pending {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: EventLogError) => void;
}

/** Batches fetched at a time while reading: about a megabyte of the largest. */
const batchesPerPage = 32;

export class SqliteEventLog implements EventLog {
  readonly #worker: Worker;
  readonly #options: SqliteEventLogOptions;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  /** Asked in this turn. */
  #requests: LogRequest[] = [];
  #transfer: ArrayBuffer[] = [];
  readonly #page = new BatchPage();
  #appends = new PendingAppends(this.#page);
  /** Appends that are not answered. */
  #appending = 0;
  #ended: EventLogError | null = null;

  private constructor(worker: Worker, options: SqliteEventLogOptions) {
    this.#worker = worker;
    this.#options = options;
    worker.on('message', (message: readonly LogAnswer[] | LogNotice) => {
      if ('cutBackFailed' in message) options.onCutBackFailed?.(message.cutBackFailed);
      else for (const answer of message) this.#settle(answer);
    });
    worker.on('error', (error) => this.#lose(`the event log's thread failed: ${error.message}`));
    worker.on('exit', () => this.#lose("the event log's thread has ended"));
  }

  /** @throws {EventLogError} when the directory cannot serve as a log, by the reason's name. */
  static async open(options: SqliteEventLogOptions): Promise<SqliteEventLog> {
    const worker = new Worker(programFile(new URL('./log-thread.ts', import.meta.url)), {
      workerData: {
        directory: options.directory,
        retention: options.retention ?? { maxAgeMs: 0, maxBytes: 0 },
        historyCheckpointEvents: options.historyCheckpointEvents ?? Number.POSITIVE_INFINITY,
      } satisfies StoreOptions,
    });
    const opening = await new Promise<LogOpening>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    worker.removeAllListeners('error');
    if (!opening.opened) throw new EventLogError(opening.code, opening.message);
    return new SqliteEventLog(worker, options);
  }

  openStream(stream: string, epochIfNew: string, versionIfEmpty = 0): Promise<StreamInfo> {
    return this.#call('openStream', { stream, epochIfNew, versionIfEmpty });
  }

  append(stream: string, expectedVersion: number, batch: EventBatch): Promise<AppendResult> {
    const refusal = this.#refusal();
    if (refusal !== null) return Promise.reject(refusal);
    this.#appending++;
    this.#postLater();
    return this.#appends.add(stream, expectedVersion, batch);
  }

  /** One page ahead of the reader, so that the disk works while the reader folds. */
  async *read(stream: string, fromVersion: number): AsyncIterable<StoredBatch> {
    let next = this.#call('readBatches', { stream, fromVersion, limit: batchesPerPage });
    const sequence = new BatchSequence(stream, fromVersion);
    for (;;) {
      const page = await next;
      const last = page.at(-1);
      if (last === undefined) return;
      const resumeAt = last.fromVersion + last.count;
      next = this.#call('readBatches', { stream, fromVersion: resumeAt, limit: batchesPerPage });
      // If the reader stops here nobody awaits the page ahead.
      next.catch(() => {});
      for (const stored of page) yield sequence.next(stored);
    }
  }

  async saveCheckpoint(stream: string, checkpoint: Checkpoint): Promise<void> {
    await this.#call('saveCheckpoint', { stream, checkpoint });
  }

  loadCheckpoint(stream: string, atMost: number): Promise<Checkpoint | null> {
    return this.#call('loadCheckpoint', { stream, atMost });
  }

  async close(): Promise<void> {
    if (this.#ended !== null) return;
    const closing = this.#call('close', {});
    this.#ended = new EventLogError('closed', 'the event log is closed');
    await closing;
  }

  #call<C extends LogCall>(call: C, args: LogCalls[C]['arguments']): Promise<LogCalls[C]['answer']> {
    const refusal = this.#refusal();
    if (refusal !== null) return Promise.reject(refusal);
    this.#postLater();
    // Whoever asks after an append must find what it wrote.
    this.#askForAppends();
    return new Promise((resolve, reject) => this.#ask(call, args, { resolve, reject }));
  }

  #refusal(): EventLogError | null {
    if (this.#ended !== null) return this.#ended;
    const { maxPending } = this.#options;
    if (this.#pending.size + this.#appending < maxPending) return null;
    return new EventLogError('write_failed', `${maxPending} calls wait for the event log already`);
  }

  #ask<C extends LogCall>(call: C, args: LogCalls[C]['arguments'], pending: Pending): void {
    const id = ++this.#lastId;
    this.#pending.set(id, pending);
    this.#requests.push({ id, call, arguments: args } as LogRequest);
  }

  #askForAppends(): void {
    const appends = this.#appends;
    if (appends.size === 0) return;
    const group = appends.group();
    this.#appends = new PendingAppends(this.#page);
    const settled = () => {
      this.#appending -= appends.size;
    };
    const pending = {
      resolve: (answers: AppendAnswers) => {
        settled();
        appends.answered(answers);
      },
      reject: (error: EventLogError) => {
        settled();
        appends.failed(error);
      },
    };
    this.#transfer.push(group.bytes.buffer, group.numbers.buffer);
    this.#ask('append', group, pending);
  }

  /** A message costs more than what it says: all of a turn goes in one. */
  #postLater(): void {
    if (this.#requests.length === 0 && this.#appends.size === 0) queueMicrotask(() => this.#post());
  }

  #post(): void {
    this.#askForAppends();
    this.#worker.postMessage(this.#requests, this.#transfer);
    this.#requests = [];
    this.#transfer = [];
  }

  #settle(message: LogAnswer): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.ok) pending?.resolve(message.answer as never);
    else pending?.reject(new EventLogError(message.code, message.message));
  }

  #lose(message: string): void {
    const wasExpected = this.#ended !== null;
    this.#ended ??= new EventLogError('closed', message);
    this.#appends.failed(this.#ended);
    for (const { reject } of this.#pending.values()) reject(this.#ended);
    this.#pending.clear();
    if (!wasExpected) this.#options.onLost(this.#ended);
  }
}
