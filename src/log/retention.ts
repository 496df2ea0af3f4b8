/**
 * How far a stream's log may be cut: only to where one of its checkpoints begins, and never behind the oldest one that the next start
 * may need. So all that is left can be folded.
 */
import { newestCheckpointsKept } from './kept-checkpoints.ts';
import type { CheckpointInfo } from './log-reader.ts';

export interface RetentionLimits {
  /** Of the newest event, by exchange time, in ms; 0: no limit. */
  readonly maxAgeMs: number;
  /** Of the whole log; 0: no limit. */
  readonly maxBytes: number;
}

/** A checkpoint to which a stream may be cut. */
export interface CutPoint {
  readonly version: number;
  readonly time: number;
}

/** Where the stream may be cut to, oldest first. */
export function cutPoints(firstVersion: number, checkpoints: readonly CheckpointInfo[]): CutPoint[] {
  return checkpoints
    .slice(0, Math.max(checkpoints.length - newestCheckpointsKept + 1, 0))
    .filter((point): point is CutPoint => point.time !== null && point.version > firstVersion);
}

/** The farthest cut that leaves all that is not older than `maxAgeMs`; null: none. */
export function cutByAge(
  firstVersion: number,
  checkpoints: readonly CheckpointInfo[],
  { maxAgeMs }: RetentionLimits,
): CutPoint | null {
  const newest = checkpoints.at(-1)?.time;
  if (maxAgeMs === 0 || newest === null || newest === undefined) return null;
  return cutPoints(firstVersion, checkpoints).findLast(({ time }) => time <= newest - maxAgeMs) ?? null;
}
