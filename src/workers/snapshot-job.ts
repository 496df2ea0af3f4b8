/** A snapshot to be made by a worker: small facts by copy, the book's window in shared memory. */
import type { Levels, WindowFrame } from '../market/book-window.ts';
import type { PictureFacts } from '../protocol/picture-text.ts';
import type { SnapshotFrame } from '../protocol/snapshot-frame.ts';

export interface SnapshotJob {
  readonly facts: PictureFacts;
  readonly window: WindowFrame;
  /** Float64 columns, `2 × window.cellCount` of them. Not to be written while the job is under way. */
  readonly columns: SharedArrayBuffer;
  /** Whether somebody takes the compressed form. */
  readonly isDeflated: boolean;
}

export interface RenderedSnapshot extends SnapshotFrame {
  /** In shared memory. */
  readonly levels: Levels;
  /** The same frame compressed, if the job asked for it. */
  readonly deflated: Uint8Array | null;
}

/** Whoever makes snapshots: the worker pool, or a test. */
export type RenderSnapshot = (job: SnapshotJob) => Promise<RenderedSnapshot>;
