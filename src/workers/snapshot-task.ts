/** The worker's side of a snapshot: bin the window, write the frame. */
import { levelsOfWindow } from '../market/book-window.ts';
import { type SnapshotFrame, snapshotFrame } from '../protocol/snapshot-frame.ts';
import type { SnapshotJob } from './snapshot-job.ts';

export default function renderSnapshot(job: SnapshotJob): SnapshotFrame {
  const columns = new Float64Array(job.columns);
  return snapshotFrame(job.facts, levelsOfWindow({ ...job.window, columns }));
}
