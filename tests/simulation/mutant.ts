/** What a test changes in the server or around it, to see that the simulation notices. */
import type { RenderedSnapshot, SnapshotJob } from '../../src/workers/snapshot-job.ts';

export interface Mutant {
  /** In place of the virtual clock, for the timestamps of pictures. */
  readonly wallClock?: () => number;
  /** What the renderer makes a picture of. */
  readonly job?: (job: SnapshotJob) => SnapshotJob;
  /** @param earlier pictures of the symbol that this server has rendered. */
  readonly rendered?: (snapshot: RenderedSnapshot, earlier: readonly RenderedSnapshot[]) => RenderedSnapshot;
  /** How much longer a picture takes. @param unreadBytes of the clients beside. */
  readonly renderDelayMs?: (unreadBytes: number) => number;
  /** A log that says "written" before it is. */
  readonly answersEarly?: boolean;
  /** A stop that leaves the ticks going. */
  readonly keepsTicking?: boolean;
}
