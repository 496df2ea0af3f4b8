/** How the server is, as `/health` and `/ws/stats` show it. */
import type { ClientTotals } from './clients/client-side.ts';
import type { Feed } from './feed/feed.ts';
import type { HistoryDesk } from './history-desk.ts';
import type { AccuracyView } from './protocol/accuracy-view.ts';
import type { HistoryQuery } from './protocol/history-query.ts';
import type { HealthView, StatsScope, StatsView } from './protocol/http-view.ts';
import type { ScoreDesk } from './score-desk.ts';
import type { HistoryView } from './server/history-view.ts';
import type { ServerViews } from './server/server-views.ts';
import type { SymbolRegistry } from './symbol-registry.ts';

export interface ServerStatusOptions {
  readonly version: string;
  readonly feed: Pick<Feed, 'name' | 'simulated' | 'listening'>;
  readonly registry: SymbolRegistry;
  readonly clientTotals: () => Promise<ClientTotals>;
  /** Of all servers that share the log; of one that is alone, its own. */
  readonly clusterStats: () => Promise<StatsView>;
  /** What of Redis is said in health; null: it is not used. */
  readonly redis: HealthView['redis'] | null;
  readonly maxConnections: number;
  readonly history: HistoryDesk;
  readonly scores: ScoreDesk;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly body: string }>;
}

export class ServerStatus implements ServerViews {
  readonly #options: ServerStatusOptions;
  readonly #startedAt = performance.now();
  #isReady = false;
  #isStopping = false;
  #encodes = 0;

  constructor(options: ServerStatusOptions) {
    this.#options = options;
  }

  becomeReady(): void {
    this.#isReady = true;
  }

  beginStopping(): void {
    this.#isStopping = true;
  }

  /** Bytes of a picture were made, in one form or another. */
  encoded(encodes: number): void {
    this.#encodes += encodes;
  }

  get encodes(): number {
    return this.#encodes;
  }

  metrics(): Promise<{ readonly contentType: string; readonly body: string }> {
    return this.#options.metrics();
  }

  isReady(): boolean {
    return this.#isReady;
  }

  isStopping(): boolean {
    return this.#isStopping;
  }

  health(): HealthView {
    const { version, feed, registry, redis } = this.#options;
    const { listening } = feed;
    const problems = [...registry.problems, ...(listening?.problems() ?? [])];
    return {
      status: this.#statusOf(problems.length),
      service: 'heatline',
      version,
      source: feed.name,
      simulated: feed.simulated,
      uptime_seconds: Math.round((performance.now() - this.#startedAt) / 1000),
      problems,
      symbols: registry.health(),
      ...(redis && { redis }),
      assumptions: registry.assumptions(),
      ...(listening && { venues: listening.venues(), side_agreement: [...listening.sideAgreement()] }),
    };
  }

  history(query: HistoryQuery): HistoryView {
    return this.#options.history.view(query);
  }

  accuracy(symbol?: string): Promise<AccuracyView | null> {
    return this.#options.scores.view(symbol);
  }

  stats(scope: StatsScope = 'node'): Promise<StatsView> {
    return scope === 'cluster' ? this.#options.clusterStats() : this.#nodeStats();
  }

  async #nodeStats(): Promise<StatsView> {
    const { clientTotals, maxConnections } = this.#options;
    const totals = await clientTotals();
    const { active, slow, sent, sentLastMinute, dropped, subscriptions } = totals;
    return {
      active_connections: active,
      messages_sent_1m: sentLastMinute,
      slow_consumers: slow,
      subscriptions_by_symbol: subscriptions,
      subscriptions_by_channel: {
        heatmap: Object.values(subscriptions).reduce((sum, count) => sum + count, 0),
        ...totals.newsSubscriptions,
      },
      messages_sent_total: sent,
      messages_dropped_total: dropped,
      max_connections: maxConnections,
      encodes_total: this.#encodes + totals.deltasEncoded,
    };
  }

  #statusOf(problems: number): HealthView['status'] {
    if (this.#isStopping) return 'stopping';
    if (!this.#isReady) return 'starting';
    return problems > 0 ? 'degraded' : 'ok';
  }
}
