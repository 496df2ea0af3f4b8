/** The thread that works out live scores. It is not there before the first question. */
import type { LiveReport } from '../score/live-report.ts';
import { programFile } from './program-file.ts';
import type { ScoreJob } from './score-task.ts';
import { TaskPool, type TaskPoolOptions } from './task-pool.ts';

const threads = 1;
/** Questions for one symbol are one job for each of its books, and kept until the next interval is over. */
const maxQueue = 64;
const timeoutMs = 120_000;
const attempts = 2;
const maxHeapMb = 256;

export class ScorePool {
  readonly #observe: TaskPoolOptions['observe'];
  #tasks: TaskPool<ScoreJob, LiveReport> | null = null;

  constructor(observe: TaskPoolOptions['observe']) {
    this.#observe = observe;
  }

  /** @throws {TaskRefused | TaskFailed} */
  score(job: ScoreJob): Promise<LiveReport> {
    const filename = programFile(new URL('./score-task.ts', import.meta.url));
    this.#tasks ??= new TaskPool({
      filename,
      threads,
      maxQueue,
      timeoutMs,
      attempts,
      maxHeapMb,
      observe: this.#observe,
    });
    return this.#tasks.run(job);
  }

  async close(): Promise<void> {
    await this.#tasks?.close();
  }
}
