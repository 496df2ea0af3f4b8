/** Where connection actors get the pictures of replays from, and how many there may be. */
import type { ReplayRequest, ReplayStep } from '../workers/replay-job.ts';

export interface ReplaySource {
  /** Rejects when the worker failed or is overloaded. */
  step(request: ReplayRequest): Promise<ReplayStep>;
}

/** Replays under way on this thread. */
export class ReplaySlots {
  readonly max: number;
  #taken = 0;

  constructor(max: number) {
    this.max = max;
  }

  take(): boolean {
    if (this.#taken >= this.max) return false;
    this.#taken++;
    return true;
  }

  free(): void {
    this.#taken--;
  }
}
