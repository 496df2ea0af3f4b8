/** Worker threads that make the pictures of replays. None is there before the first replay. */

import { programFile } from './program-file.ts';
import type { ReplayJob, ReplayStep } from './replay-job.ts';
import { TaskPool, type TaskPoolOptions } from './task-pool.ts';

export interface ReplayPoolOptions {
  readonly threads: number;
  readonly maxQueue: number;
  readonly timeoutMs: number;
  readonly observe: TaskPoolOptions['observe'];
  readonly timed?: TaskPoolOptions['timed'];
}

const attempts = 2;
const maxHeapMb = 256;

export class ReplayPool {
  readonly #options: ReplayPoolOptions;
  #tasks: TaskPool<ReplayJob, ReplayStep> | null = null;

  constructor(options: ReplayPoolOptions) {
    this.#options = options;
  }

  /** @throws {TaskRefused | TaskFailed} */
  step(job: ReplayJob): Promise<ReplayStep> {
    const filename = programFile(new URL('./replay-task.ts', import.meta.url));
    this.#tasks ??= new TaskPool({ ...this.#options, attempts, maxHeapMb, filename });
    return this.#tasks.run(job);
  }

  async close(): Promise<void> {
    await this.#tasks?.close();
  }
}
