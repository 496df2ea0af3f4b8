/** Replays, told what only the main thread knows: the stream, how far it has come, and where its log is. */
import type { ReplaySource } from './actors/replay-source.ts';
import type { SymbolRegistry } from './symbol-registry.ts';
import type { ReplayRequest, ReplayStep } from './workers/replay-job.ts';
import type { ReplayPool } from './workers/replay-pool.ts';

export interface ReplayDeskOptions {
  readonly registry: SymbolRegistry;
  readonly pool: ReplayPool;
  readonly directory: string;
  readonly streamOf: (symbol: string) => string;
  readonly range: number;
}

export class ReplayDesk implements ReplaySource {
  readonly #options: ReplayDeskOptions;

  constructor(options: ReplayDeskOptions) {
    this.#options = options;
  }

  async step(request: ReplayRequest): Promise<ReplayStep> {
    const { registry, pool, directory, streamOf, range } = this.#options;
    const { symbol } = request;
    const epoch = registry.epochOf(symbol);
    if (epoch === undefined) throw new Error(`${symbol} is not recovered yet`);
    return pool.step({
      ...request,
      directory,
      stream: streamOf(symbol),
      epoch,
      version: registry.bookOf(symbol)!.version,
      range,
      timestamp: Date.now(),
    });
  }
}
