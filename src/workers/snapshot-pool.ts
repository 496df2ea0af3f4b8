/**
 * The pool that makes snapshots. Those asked for in one turn (all symbols due at a tick) go to a worker together and come back
 * together, so that a client of several symbols is written to once.
 */

import { programFile } from './program-file.ts';
import type { RenderedSnapshot, SnapshotJob } from './snapshot-job.ts';
import type { RenderOutcome } from './snapshot-task.ts';
import { TaskFailed, TaskPool, type TaskPoolOptions, type TaskPoolStats } from './task-pool.ts';

export interface SnapshotPoolOptions {
  readonly threads: number;
  readonly maxQueue: number;
  readonly timeoutMs: number;
  readonly observe: TaskPoolOptions['observe'];
  readonly timed?: TaskPoolOptions['timed'];
}

interface Asked {
  readonly job: SnapshotJob;
  readonly resolve: (snapshot: RenderedSnapshot) => void;
  readonly reject: (error: unknown) => void;
}

/** A picture that cost two workers would cost a third. */
const attempts = 2;
/** Far more than a picture needs: a worker that leaks is replaced rather than left to grow. */
const maxHeapMb = 128;

export class SnapshotPool {
  readonly #threads: number;
  readonly #tasks: TaskPool<readonly SnapshotJob[], RenderOutcome[]>;
  #asked: Asked[] = [];

  constructor(options: SnapshotPoolOptions) {
    this.#threads = options.threads;
    const filename = programFile(new URL('./snapshot-task.ts', import.meta.url));
    this.#tasks = new TaskPool({ ...options, attempts, maxHeapMb, filename });
  }

  /** @throws {TaskRefused | TaskFailed} or what the job itself threw. */
  render(job: SnapshotJob): Promise<RenderedSnapshot> {
    return new Promise((resolve, reject) => {
      if (this.#asked.push({ job, resolve, reject }) === 1) process.nextTick(() => void this.#begin());
    });
  }

  stats(): TaskPoolStats {
    return this.#tasks.stats();
  }

  /** Jobs that have not ended are rejected. */
  close(): Promise<void> {
    return this.#tasks.close();
  }

  async #begin(): Promise<void> {
    const asked = this.#asked;
    this.#asked = [];
    const tasks = Math.min(this.#threads, asked.length);
    const parts = Array.from({ length: tasks }, (_, task) => asked.filter((_, i) => i % tasks === task));
    const answers = await Promise.all(parts.map((part) => this.#run(part)));
    for (const answer of answers.flat()) answer();
  }

  /** @returns what there is to say to each that asked. */
  async #run(together: readonly Asked[]): Promise<(() => void)[]> {
    try {
      const outcomes = await this.#tasks.run(together.map(({ job }) => job));
      return outcomes.map((outcome, i) => {
        const { resolve, reject } = together[i]!;
        return 'snapshot' in outcome ? () => resolve(outcome.snapshot) : () => reject(outcome.error);
      });
    } catch (error) {
      // One of them may have cost the worker: each shows on its own whether it was that one.
      if (together.length > 1 && error instanceof TaskFailed) {
        return (await Promise.all(together.map((one) => this.#run([one])))).flat();
      }
      return together.map(
        ({ reject }) =>
          () =>
            reject(error),
      );
    }
  }
}
