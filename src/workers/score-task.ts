/** The worker's side of live scores: bootstraps take seconds. */
import { type LiveInterval, type LiveReport, liveReport } from '../score/live-report.ts';
import type { BootstrapOptions } from '../score/statistics/day-bootstrap.ts';
import { lowerThreadPriority } from './background-priority.ts';

export interface ScoreJob {
  readonly intervals: readonly LiveInterval[];
  readonly intervalMs: number;
  readonly bootstrap: BootstrapOptions;
}

lowerThreadPriority();

export default function score({ intervals, intervalMs, bootstrap }: ScoreJob): LiveReport {
  return liveReport(intervals, intervalMs, bootstrap);
}
