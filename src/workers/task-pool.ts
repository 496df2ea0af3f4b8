/**
 * Worker threads for what is heavy: a bounded queue in front of Piscina that knows which task each worker is at.
 *
 * A task that kills its worker (exit, out of memory), or runs longer than the timeout, is tried again on a fresh one. A task that
 * throws is not, nor one whose error escapes it: the same job would throw again. The worker is replaced in that case too.
 * Jobs are handed over by structured clone, so large columns belong into shared memory: it is cheap, and still there for a retry.
 */
import type { Transferable } from 'node:worker_threads';
import { Piscina } from 'piscina';

export interface TaskPoolOptions {
  /** Module whose default export is the task. */
  readonly filename: URL;
  readonly threads: number;
  /** Jobs that may wait for a worker. */
  readonly maxQueue: number;
  /**
   * How long a job may run before its worker is given up. Waiting in the queue does not count; what a new worker needs to load the
   * task does, so leave room for it.
   */
  readonly timeoutMs: number;
  /** How often a job is begun at most. */
  readonly attempts: number;
  /** Heap a worker may grow to before it is given up; what V8 allows when left out. Shared memory does not count. */
  readonly maxHeapMb?: number;
  readonly observe: (event: TaskPoolEvent) => void;
  /** Told of each job that ended, however it did: how long it waited and how long it took, in ms. */
  readonly timed?: ((waitedMs: number, tookMs: number) => void) | undefined;
}

export type TaskPoolEvent = {
  readonly type: 'worker_lost';
  readonly cause: 'died' | 'hung';
  readonly attempt: number;
  readonly error: unknown;
};

export interface TaskPoolStats {
  readonly queued: number;
  readonly running: number;
  readonly completed: number;
  readonly failed: number;
  readonly workersLost: number;
}

/** The queue is full: the job was not begun. */
export class TaskRefused extends Error {
  override readonly name = 'TaskRefused';
}

/** The job threw, or took a worker with it too often. `cause` is the last error. */
export class TaskFailed extends Error {
  override readonly name = 'TaskFailed';
}

interface Waiting<Job, Result> {
  readonly job: Job;
  readonly transfer: readonly Transferable[];
  readonly since: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

export class TaskPool<Job, Result> {
  readonly #options: TaskPoolOptions;
  readonly #piscina: Piscina<Job, Result>;
  readonly #waiting: Waiting<Job, Result>[] = [];
  #running = 0;
  #completed = 0;
  #failed = 0;
  #workersLost = 0;
  #isClosed = false;

  constructor(options: TaskPoolOptions) {
    this.#options = options;
    this.#piscina = new Piscina<Job, Result>({
      filename: options.filename.href,
      minThreads: options.threads,
      maxThreads: options.threads,
      // A worker blocks on shared memory for its next task: no busy wait, but whatever a task leaves running stands still.
      atomics: 'sync',
      ...(options.maxHeapMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb: options.maxHeapMb } }),
    });
    // Losing a worker rejects its task; without a listener the same error would also be thrown here.
    this.#piscina.on('error', () => {});
  }

  /**
   * @param transfer what of the job is moved rather than copied; such a job can be begun only once.
   * @throws {TaskRefused | TaskFailed}
   */
  run(job: Job, transfer: readonly Transferable[] = []): Promise<Result> {
    const { threads, maxQueue } = this.#options;
    if (this.#isClosed) return Promise.reject(new TaskRefused('the pool is closed'));
    if (this.#running >= threads && this.#waiting.length >= maxQueue) {
      return Promise.reject(new TaskRefused(`${maxQueue} jobs are waiting already`));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, transfer, since: performance.now(), resolve, reject });
      this.#startNext();
    });
  }

  stats(): TaskPoolStats {
    return {
      queued: this.#waiting.length,
      running: this.#running,
      completed: this.#completed,
      failed: this.#failed,
      workersLost: this.#workersLost,
    };
  }

  /** Jobs that have not ended are rejected. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new TaskRefused('the pool is closed'));
    await this.#piscina.destroy();
  }

  #startNext(): void {
    if (this.#running >= this.#options.threads) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#running++;
    const startedAt = performance.now();
    const free = () => {
      this.#running--;
      this.#options.timed?.(startedAt - next.since, performance.now() - startedAt);
      this.#startNext();
    };
    this.#attempt(next, 1).then(
      (result) => {
        this.#completed++;
        free();
        next.resolve(result);
      },
      (error) => {
        this.#failed++;
        free();
        next.reject(error);
      },
    );
  }

  async #attempt(waiting: Waiting<Job, Result>, attempt: number): Promise<Result> {
    const { timeoutMs, attempts, observe } = this.#options;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeoutMs);
    try {
      return await this.#piscina.run(waiting.job, { signal: abort.signal, transferList: [...waiting.transfer] });
    } catch (error) {
      const isHung = abort.signal.aborted;
      if (this.#isClosed || !(isHung || isWorkerLoss(error))) throw new TaskFailed('the task failed', { cause: error });
      this.#workersLost++;
      observe({ type: 'worker_lost', cause: isHung ? 'hung' : 'died', attempt, error });
      if (attempt >= attempts) throw new TaskFailed(`the task lost ${attempts} workers`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
    return this.#attempt(waiting, attempt + 1);
  }
}

/** Piscina rejects the task of a lost worker with the worker's own error or with the plain text of its exit; tests hold both. */
function isWorkerLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return code.startsWith('ERR_WORKER_') || error.message.startsWith('worker exited with code');
}
