/** The pool that makes snapshots, and how to ask it for one. */
import type { SnapshotFrame } from '../protocol/snapshot-frame.ts';
import type { SnapshotJob } from './snapshot-job.ts';
import { TaskPool, type TaskPoolEvent } from './task-pool.ts';

export interface SnapshotPoolOptions {
  readonly threads: number;
  readonly maxQueue: number;
  readonly timeoutMs: number;
  readonly observe: (event: TaskPoolEvent) => void;
}

/** A picture that cost two workers would cost a third. */
const attempts = 2;
/** Far more than a picture needs: a worker that leaks is replaced rather than left to grow. */
const maxHeapMb = 128;

export function snapshotPool(options: SnapshotPoolOptions): TaskPool<SnapshotJob, SnapshotFrame> {
  return new TaskPool({ ...options, attempts, maxHeapMb, filename: new URL('./snapshot-task.ts', import.meta.url) });
}
