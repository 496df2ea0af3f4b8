/** What the server shows of the rest of the program. Asked at each request, so an answer must be cheap. */
import type { AccuracyView } from '../protocol/accuracy-view.ts';
import type { HistoryQuery } from '../protocol/history-query.ts';
import type { HealthView, StatsScope, StatsView } from '../protocol/http-view.ts';
import type { HistoryView } from './history-view.ts';

export interface ServerViews {
  health(): HealthView;
  /** Of this server, or of all that share its log. */
  stats(scope: StatsScope): Promise<StatsView>;
  history(query: HistoryQuery): HistoryView;
  /** How good the live picture was; null: there is no such symbol. @param symbol whose numbers are asked for; none are worked out without it. */
  accuracy(symbol?: string): Promise<AccuracyView | null>;
  /** As Prometheus reads it. */
  metrics(): Promise<{ readonly contentType: string; readonly body: string }>;
  /** False until recovery has finished. */
  isReady(): boolean;
  /** True from the first signal to stop; then no more clients are let in, while health goes on being answered. */
  isStopping(): boolean;
}
