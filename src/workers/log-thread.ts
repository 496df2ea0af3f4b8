/**
 * The thread that owns the store. Appends that wait together are committed together, and answered once that commit is on disk:
 * the dearer the disk's sync, the more appends share one.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { type AppendResult, EventLogError } from '../log/event-log.ts';
import { type AppendRequest, SqliteStore, type StoreOptions } from '../log/sqlite-store.ts';
import type { StoredBytes } from '../log/stored-batches.ts';
import { answersOf, requestsOf } from './append-group.ts';
import type { LogAnswer, LogNotice, LogOpening, LogRequest } from './log-protocol.ts';

const port = parentPort!;
const options = workerData as StoreOptions;

type Append = Extract<LogRequest, { call: 'append' }>;
type Appended = AppendResult | EventLogError;

function tell(answers: readonly LogAnswer[], moved: ArrayBuffer[] = []): void {
  port.postMessage(answers, moved);
}

function namedError(error: unknown): EventLogError {
  if (error instanceof EventLogError) return error;
  return new EventLogError('write_failed', error instanceof Error ? error.message : String(error));
}

function serve(store: SqliteStore): void {
  let appends: Append[] = [];
  let isClosed = false;

  const commit = () => {
    const groups = appends;
    if (groups.length === 0) return;
    appends = [];
    const results = appended(groups.flatMap((group) => requestsOf(group.arguments)));
    let at = 0;
    tell(
      groups.map(({ id, arguments: { streams } }) => {
        const answer = answersOf(results.slice(at, at + streams.length));
        at += streams.length;
        return { id, ok: true, answer };
      }),
    );
    // Given back at once: left to the collector, which sees how small the objects are and not their memory, they would pile up.
    for (const group of groups) group.arguments.bytes.buffer.transfer(0);
  };

  const appended = (requests: readonly AppendRequest[]): Appended[] => {
    try {
      return store.appendMany(requests);
    } catch (error) {
      // One bad request must not cost the others their commit.
      return requests.length > 1 ? requests.flatMap((request) => appended([request])) : [namedError(error)];
    }
  };

  /** Little by little, so that appends do not wait for long. What fails here is tried again at the next checkpoint. */
  const cutBack = () => {
    if (isClosed) return;
    try {
      if (store.cutBack()) setImmediate(cutBack);
    } catch (error) {
      port.postMessage({ cutBackFailed: error instanceof Error ? error.message : String(error) } satisfies LogNotice);
    }
  };

  const take = (request: LogRequest) => {
    if (request.call === 'append') {
      // Messages that have arrived are all handed out before an immediate runs.
      if (appends.push(request) === 1) setImmediate(commit);
      return;
    }
    // Whoever asks after an append must find what it wrote.
    commit();
    try {
      const answered = answer(store, request);
      // Pages of a long replay are handed over, not copied: each row's bytes are memory of their own.
      const moved = request.call === 'readBatches' ? (answered as StoredBytes[]).map(({ bytes }) => bytes.buffer) : [];
      tell([{ id: request.id, ok: true, answer: answered }], moved as ArrayBuffer[]);
    } catch (error) {
      const { code, message } = namedError(error);
      tell([{ id: request.id, ok: false, code, message }]);
    }
    if (request.call === 'saveCheckpoint') setImmediate(cutBack);
    if (request.call === 'close') {
      isClosed = true;
      port.close();
    }
  };

  port.on('message', (requests: readonly LogRequest[]) => {
    for (const request of requests) take(request);
  });
}

function answer(store: SqliteStore, request: Exclude<LogRequest, Append>): unknown {
  switch (request.call) {
    case 'openStream': {
      const { stream, epochIfNew, versionIfEmpty } = request.arguments;
      return store.openStream(stream, epochIfNew, versionIfEmpty);
    }
    case 'readBatches':
      return store.readBatches(request.arguments.stream, request.arguments.fromVersion, request.arguments.limit);
    case 'saveCheckpoint':
      store.saveCheckpoint(request.arguments.stream, request.arguments.checkpoint);
      return null;
    case 'loadCheckpoint':
      return store.loadCheckpoint(request.arguments.stream, request.arguments.atMost);
    case 'close':
      store.close();
      return null;
    default:
      return request satisfies never;
  }
}

try {
  serve(new SqliteStore(options));
  port.postMessage({ opened: true } satisfies LogOpening);
} catch (error) {
  const code = error instanceof EventLogError ? error.code : 'directory_unusable';
  const message = error instanceof Error ? error.message : String(error);
  port.postMessage({ opened: false, code, message } satisfies LogOpening);
  port.close();
}
