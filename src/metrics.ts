/**
 * What an operator can ask of the server, as Prometheus reads it. Nearly all of it is counted elsewhere and read when it is asked for;
 * only durations are noted as they happen.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { KernelStats } from './actors/kernel/kernel-event.ts';
import type { ClientTotals } from './clients/client-side.ts';
import type { SymbolRegistry } from './symbol-registry.ts';
import type { HistoryPool } from './workers/history-pool.ts';
import type { SnapshotPool } from './workers/snapshot-pool.ts';

export interface MetricsSources {
  readonly version: string;
  readonly source: string;
  readonly clientTotals: () => Promise<ClientTotals>;
  readonly registry: SymbolRegistry;
  readonly kernel: () => KernelStats;
  readonly snapshots: SnapshotPool;
  readonly history: HistoryPool;
  readonly encodes: () => number;
  readonly isReady: () => boolean;
}

const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];
const broadcastSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
const commitSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5];

export class Metrics {
  readonly #registry = new Registry();
  readonly #sources: MetricsSources;
  readonly #broadcast: Histogram<'symbol'>;
  readonly #commit: Histogram<'symbol'>;
  readonly #relay: Histogram<'symbol'>;
  readonly #hop: Histogram<'symbol'>;
  readonly #refusedObservations: Counter<'symbol'>;
  readonly #gaps: Counter<'symbol'>;

  constructor(sources: MetricsSources) {
    this.#sources = sources;
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    // Gauges that are named like counters.
    for (const name of misnamed) this.#registry.removeSingleMetric(name);
    this.#broadcast = new Histogram({
      name: 'ws_broadcast_duration_seconds',
      help: 'From the copy of the book to the finished picture handed to all clients',
      labelNames: ['symbol'],
      buckets: broadcastSeconds,
      registers,
    });
    this.#commit = new Histogram({
      name: 'heatline_log_commit_seconds',
      help: 'From handing a batch of events to the log to the answer that it is on disk',
      labelNames: ['symbol'],
      buckets: commitSeconds,
      registers,
    });
    this.#relay = new Histogram({
      name: 'heatline_redis_publish_seconds',
      help: 'From handing a finished picture to Redis to the answer that it has it',
      labelNames: ['symbol'],
      buckets: broadcastSeconds,
      registers,
    });
    this.#hop = new Histogram({
      name: 'heatline_redis_hop_seconds',
      help: 'From the making of a picture on another server to its arrival on this one, by their clocks',
      labelNames: ['symbol'],
      buckets: broadcastSeconds,
      registers,
    });
    this.#refusedObservations = this.#counter(
      'heatline_observations_refused_total',
      'Observations of the source that made no sense',
      ['symbol'],
    );
    this.#gaps = this.#counter('heatline_gaps_total', 'Gaps found in the source', ['symbol']);
    this.#info();
    this.#clients();
    this.#symbols();
    this.#machinery();
  }

  broadcast(symbol: string, seconds: number): void {
    this.#broadcast.observe({ symbol }, seconds);
  }

  committed(symbol: string, seconds: number): void {
    this.#commit.observe({ symbol }, seconds);
  }

  observationRefused(symbol: string): void {
    this.#refusedObservations.inc({ symbol });
  }

  /** A picture that is written here is with Redis. */
  relayed(symbol: string, seconds: number): void {
    this.#relay.observe({ symbol }, seconds);
  }

  /** A picture that was made elsewhere has come. */
  hopped(symbol: string, seconds: number): void {
    this.#hop.observe({ symbol }, seconds);
  }

  gapFound(symbol: string): void {
    this.#gaps.inc({ symbol });
  }

  async text(): Promise<{ readonly contentType: string; readonly body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  #info(): void {
    const { version, source, isReady } = this.#sources;
    this.#gauge('heatline_info', 'Which server this is', ['version', 'source'], (gauge) =>
      gauge.set({ version, source }, 1),
    );
    this.#gauge('heatline_ready', '1 while clients are served', [], (gauge) => gauge.set(isReady() ? 1 : 0));
  }

  #clients(): void {
    const { clientTotals, encodes } = this.#sources;
    let totals: Promise<ClientTotals> | null = null;
    // All that read them in one scrape read the same.
    const fresh = () => {
      totals ??= clientTotals();
      setImmediate(() => {
        totals = null;
      });
      return totals;
    };
    this.#gauge('ws_active_connections', 'Connections that a symbol is subscribed on', ['symbol'], async (gauge) => {
      for (const [symbol, count] of Object.entries((await fresh()).subscriptions)) gauge.set({ symbol }, count);
    });
    this.#gauge('heatline_connections', 'Connections', [], async (gauge) => gauge.set((await fresh()).active));
    this.#gauge('heatline_slow_connections', 'Connections that are too slow now', [], async (gauge) => {
      gauge.set((await fresh()).slow);
    });
    this.#total('ws_messages_sent_total', 'Pictures sent', ['symbol'], async (add) => {
      for (const [symbol, count] of Object.entries((await fresh()).sentBySymbol)) add({ symbol }, count);
    });
    this.#total('ws_slow_consumers_total', 'Times that a subscriber became too slow', ['symbol'], async (add) => {
      for (const [symbol, count] of Object.entries((await fresh()).slowBySymbol)) add({ symbol }, count);
    });
    this.#total('heatline_upgrades_refused_total', 'Clients that were not let in', ['status'], async (add) => {
      for (const [status, count] of Object.entries((await fresh()).refusedByStatus)) add({ status }, count);
    });
    this.#total('heatline_messages_total', 'Messages sent, of all kinds', [], async (add) =>
      add({}, (await fresh()).sent),
    );
    this.#total(
      'heatline_messages_dropped_total',
      'Pictures that were replaced by newer ones before they were sent',
      [],
      async (add) => {
        add({}, (await fresh()).dropped);
      },
    );
    this.#total('heatline_encodes_total', 'Frames made', [], async (add) =>
      add({}, encodes() + (await fresh()).deltasEncoded),
    );
  }

  #symbols(): void {
    const { registry } = this.#sources;
    this.#gauge('heatline_symbol_seq', 'Events folded into the book', ['symbol'], (gauge) => {
      for (const [symbol, { seq }] of Object.entries(registry.health())) gauge.set({ symbol }, seq);
    });
    this.#gauge('heatline_market_time_seconds', 'Exchange time of the newest event', ['symbol'], (gauge) => {
      for (const [symbol, { market_time }] of Object.entries(registry.health())) {
        if (market_time !== null) gauge.set({ symbol }, Date.parse(market_time) / 1000);
      }
    });
    this.#gauge('heatline_problems', 'What health calls problems', [], (gauge) => gauge.set(registry.problems.length));
  }

  #machinery(): void {
    const { kernel, snapshots, history } = this.#sources;
    this.#gauge('heatline_actors', 'Actors of the main thread', [], (gauge) => gauge.set(kernel().actors));
    this.#gauge('heatline_mailbox_deepest', 'Most messages that waited in one mailbox', [], (gauge) =>
      gauge.set(kernel().deepestMailbox),
    );
    this.#total('heatline_actor_restarts_total', 'Actors that were started again', [], (add) =>
      add({}, kernel().restarts),
    );
    this.#total('heatline_mailbox_overflows_total', 'Messages that found a mailbox full', [], (add) =>
      add({}, kernel().overflows),
    );
    const pools = { snapshot: snapshots, history };
    this.#gauge('heatline_pool_queued', 'Jobs that wait for a worker', ['pool'], (gauge) => {
      for (const [pool, { stats }] of entriesOf(pools)) gauge.set({ pool }, stats().queued);
    });
    this.#gauge('heatline_pool_running', 'Jobs under way', ['pool'], (gauge) => {
      for (const [pool, { stats }] of entriesOf(pools)) gauge.set({ pool }, stats().running);
    });
    this.#total('heatline_pool_jobs_total', 'Jobs that ended', ['pool', 'outcome'], (add) => {
      for (const [pool, { stats }] of entriesOf(pools)) {
        const { completed, failed } = stats();
        add({ pool, outcome: 'completed' }, completed);
        add({ pool, outcome: 'failed' }, failed);
      }
    });
    this.#total('heatline_history_questions_total', 'Questions about the past', ['cache'], (add) => {
      add({ cache: 'hit' }, history.stats().cacheHits);
      add({ cache: 'miss' }, history.stats().cacheMisses);
    });
    this.#gauge('heatline_history_cached_bytes', 'Answers about the past that are kept', [], (gauge) => {
      gauge.set(history.stats().cachedBytes);
    });
  }

  #gauge<L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    collect: (gauge: Gauge<L>) => void | Promise<void>,
  ): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        this.reset();
        return collect(this);
      },
    });
  }

  /** Of something that is counted elsewhere, from the start of the process. */
  #total<L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    collect: (add: (labels: Partial<Record<L, string>>, count: number) => void) => void | Promise<void>,
  ): void {
    new Counter({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        this.reset();
        return collect((labels, count) => this.inc(labels as Record<L, string>, count));
      },
    });
  }

  #counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }
}

interface Pool {
  stats(): { readonly queued: number; readonly running: number; readonly completed: number; readonly failed: number };
}

function entriesOf(pools: Readonly<Record<string, Pool>>): [string, Pool][] {
  return Object.entries(pools).map(([name, pool]) => [name, { stats: () => pool.stats() }]);
}
