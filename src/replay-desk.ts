/** Replays, told what only the main thread knows: the stream, how far it has come, and where its log is. */
import type { ReplaySource } from './actors/replay-source.ts';
import { picturedBy } from './market/picture-name.ts';
import type { Past } from './past.ts';
import type { ReplayRequest, ReplayStep } from './workers/replay-job.ts';
import type { ReplayPool } from './workers/replay-pool.ts';

export interface ReplayDeskOptions {
  readonly pool: ReplayPool;
  readonly directory: string;
  readonly pastOf: (symbol: string) => Past | null;
  readonly range: number;
}

export class ReplayDesk implements ReplaySource {
  readonly #options: ReplayDeskOptions;

  constructor(options: ReplayDeskOptions) {
    this.#options = options;
  }

  async step(request: ReplayRequest): Promise<ReplayStep> {
    const { pool, directory, pastOf, range } = this.#options;
    const pictured = picturedBy(request.name);
    const past = pastOf(pictured.symbol);
    if (past === null) throw new Error(`there is nothing of ${request.name} yet`);
    const { stream, epoch, version } = past;
    return pool.step({
      ...request,
      ...pictured,
      directory,
      stream,
      epoch,
      version,
      range,
      timestamp: Date.now(),
    });
  }
}
