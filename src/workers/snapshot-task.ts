/** The worker's side of snapshots: bin the window, write the frame, compress it. */
import { levelsOfWindow } from '../market/book-window.ts';
import { deflatedFrame } from '../protocol/deflated-frame.ts';
import { snapshotFrame } from '../protocol/snapshot-frame.ts';
import type { RenderedSnapshot, SnapshotJob } from './snapshot-job.ts';

/** What became of each job, in their order: one that throws takes no other with it. */
export type RenderOutcome = { readonly snapshot: RenderedSnapshot } | { readonly error: unknown };

export default function renderSnapshots(jobs: readonly SnapshotJob[]): RenderOutcome[] {
  return jobs.map((job) => {
    try {
      return { snapshot: renderSnapshot(job) };
    } catch (error) {
      return { error };
    }
  });
}

export function renderSnapshot(job: SnapshotJob): RenderedSnapshot {
  const columns = new Float64Array(job.columns);
  const levels = levelsOfWindow({ ...job.window, columns });
  const frame = snapshotFrame(job.facts, levels);
  return { ...frame, levels, deflated: job.isDeflated ? deflatedFrame(frame.bytes) : null };
}
