/** Which checkpoints of a stream are kept: the newest for the next start, and older ones far apart for questions about the past. */

/** One that does not decode is skipped, so there must be an older one. */
export const newestCheckpointsKept = 2;

/**
 * @param versions of all that are there, in any order.
 * @param spacingEvents the older ones are at least this far apart.
 * @returns the versions to keep, ascending. The same again when asked again with what was kept.
 */
export function keptCheckpoints(versions: readonly number[], spacingEvents: number): number[] {
  const ascending = [...versions].sort((a, b) => a - b);
  const newest = ascending.slice(-newestCheckpointsKept);
  let last = 0;
  const older = ascending.slice(0, -newestCheckpointsKept).filter((version) => {
    if (version - last < spacingEvents) return false;
    last = version;
    return true;
  });
  return [...older, ...newest];
}
