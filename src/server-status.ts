/** How the server is, as `/health` and `/ws/stats` show it. */
import { systemClock } from './actors/kernel/system-clock.ts';
import type { SendMeter } from './actors/send-meter.ts';
import type { ConnectionGate } from './actors/supervisor.ts';
import type { HealthView, StatsView } from './protocol/http-view.ts';
import type { ServerViews } from './server/server-views.ts';
import type { SymbolRegistry } from './symbol-registry.ts';

export interface ServerStatusOptions {
  readonly version: string;
  readonly feed: { readonly name: string; readonly simulated: boolean };
  readonly registry: SymbolRegistry;
  readonly gate: ConnectionGate;
  readonly meter: SendMeter;
  readonly maxConnections: number;
  readonly channels: ReadonlyMap<string, { readonly subscribers: number }>;
}

export class ServerStatus implements ServerViews {
  readonly #options: ServerStatusOptions;
  readonly #startedAt = performance.now();
  #isReady = false;
  #isStopping = false;
  #dropped = 0;

  constructor(options: ServerStatusOptions) {
    this.#options = options;
  }

  becomeReady(): void {
    this.#isReady = true;
  }

  beginStopping(): void {
    this.#isStopping = true;
  }

  /** A frame was replaced by a newer one before its client could take it. */
  frameDropped(): void {
    this.#dropped++;
  }

  isReady(): boolean {
    return this.#isReady;
  }

  isStopping(): boolean {
    return this.#isStopping;
  }

  health(): HealthView {
    const { version, feed, registry } = this.#options;
    const { problems } = registry;
    return {
      status: this.#statusOf(problems.length),
      service: 'heatline',
      version,
      source: feed.name,
      simulated: feed.simulated,
      uptime_seconds: Math.round((performance.now() - this.#startedAt) / 1000),
      problems,
      symbols: registry.health(),
      assumptions: registry.assumptions(),
    };
  }

  stats(): StatsView {
    const { gate, meter, channels, maxConnections } = this.#options;
    const subscriptions = [...channels].map(([symbol, channel]) => [symbol, channel.subscribers]);
    return {
      active_connections: gate.activeConnections,
      messages_sent_1m: meter.lastMinute(systemClock.now()),
      slow_consumers: gate.slowConsumers,
      subscriptions_by_symbol: Object.fromEntries(subscriptions),
      messages_sent_total: meter.total,
      messages_dropped_total: this.#dropped,
      max_connections: maxConnections,
    };
  }

  #statusOf(problems: number): HealthView['status'] {
    if (this.#isStopping) return 'stopping';
    if (!this.#isReady) return 'starting';
    return problems > 0 ? 'degraded' : 'ok';
  }
}
