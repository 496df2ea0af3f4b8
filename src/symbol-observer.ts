/** Who is told what of a symbol: the registry that health shows, the metrics, the traces, the log lines. */
import type { Logger } from 'pino';
import type { SymbolObserver } from './actors/symbol-options.ts';
import { symbolLines } from './log-lines.ts';
import type { StageMetrics } from './metrics/stage-metrics.ts';
import type { ServerStatus } from './server-status.ts';
import type { SymbolRegistry } from './symbol-registry.ts';
import type { Tracing } from './tracing.ts';

export interface Listeners {
  readonly logger: Logger;
  readonly registry: SymbolRegistry;
  readonly status: ServerStatus;
  readonly stages: StageMetrics;
  readonly recovered: (symbol: string) => void;
  readonly tracing: Tracing | null;
}

export function symbolObserver(listeners: Listeners): SymbolObserver {
  const { logger, registry, status, stages, recovered, tracing } = listeners;
  const lines = symbolLines(logger);
  return {
    ...lines,
    recovered: (name, epoch, book, fromVersion, skipped) => {
      registry.recovered(name, epoch, book);
      lines.recovered(name, epoch, book, fromVersion, skipped);
      recovered(name);
    },
    stalled: (name, error) => {
      registry.addProblem(`log ${name}`, `${name} stands still: ${error.message}`);
      stages.stalled(name, true);
      lines.stalled(name, error);
    },
    resumed: (name) => {
      registry.clearProblem(`log ${name}`);
      stages.stalled(name, false);
      lines.resumed(name);
    },
    refused: (name, reason) => {
      stages.observationRefused(name);
      lines.refused(name, reason);
    },
    gap: (name, from, to, of) => {
      stages.gapFound(name);
      lines.gap(name, from, to, of);
    },
    folded: (name, fold) => stages.folded(name, fold),
    broadcast: (frame, clients, times) => {
      stages.broadcast(frame.symbol, times);
      tracing?.picture(frame, times, clients);
      status.encoded(frame.deflated === null ? 1 : 2);
      lines.broadcast(frame, clients, times);
    },
  };
}
