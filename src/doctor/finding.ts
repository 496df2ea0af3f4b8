/** One thing that the doctor has to say. */
export interface Finding {
  /** By which scripts know it. */
  readonly code: FindingCode;
  /** `wrong` ends with exit code 1; `advice` may wait. */
  readonly severity: 'wrong' | 'advice';
  /** What is, in a sentence. */
  readonly finding: string;
  /** What to do about it, in a sentence. */
  readonly remedy: string;
}

export type FindingCode =
  | 'bad_setting'
  | 'no_setting'
  | 'old_node'
  | 'unreachable'
  | 'not_authenticated'
  | 'not_ready'
  | 'stopping'
  | 'problem'
  | 'no_picture'
  | 'stale_data'
  | 'slow_consumers'
  | 'pictures_dropped'
  | 'full'
  | 'refusals'
  | 'loop_lag'
  | 'slow_commits'
  | 'pool_queue'
  | 'worker_failures'
  | 'actor_restarts'
  | 'clock_skew'
  | 'open_files'
  | 'disk_room'
  | 'log_size'
  | 'crash_report';

export function wrong(code: FindingCode, finding: string, remedy: string): Finding {
  return { code, severity: 'wrong', finding, remedy };
}

export function advice(code: FindingCode, finding: string, remedy: string): Finding {
  return { code, severity: 'advice', finding, remedy };
}
