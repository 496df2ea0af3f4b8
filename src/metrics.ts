/**
 * What an operator can ask of the server, as Prometheus reads it. Nearly all of it is counted elsewhere and read when it is asked for; only
 * durations are noted as they happen.
 */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { KernelStats } from './actors/kernel/kernel-event.ts';
import type { ClientTotals } from './clients/client-side.ts';
import { type ActorCensus, addedCensus } from './metrics/actor-census.ts';
import { lagAges } from './metrics/client-stages.ts';
import { StageMetrics } from './metrics/stage-metrics.ts';
import type { TallyCounts } from './metrics/tally.ts';
import { TallyMetric } from './metrics/tally-metric.ts';
import { registerVenueMetrics } from './metrics/venue-metrics.ts';
import type { VenueHealth } from './protocol/venue-health.ts';
import type { SymbolRegistry } from './symbol-registry.ts';
import type { HistoryPool } from './workers/history-pool.ts';
import type { SnapshotPool } from './workers/snapshot-pool.ts';

export interface MetricsSources {
  readonly version: string;
  readonly source: string;
  readonly clientTotals: () => Promise<ClientTotals>;
  readonly registry: SymbolRegistry;
  readonly kernel: () => KernelStats;
  /** Those of the main thread that are not among the clients' side. */
  readonly actors: () => ActorCensus;
  readonly snapshots: SnapshotPool;
  readonly history: HistoryPool;
  readonly encodes: () => number;
  readonly isReady: () => boolean;
  readonly venues: () => Readonly<Record<string, VenueHealth>>;
}

const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

export class Metrics {
  readonly #registry = new Registry();
  readonly #sources: MetricsSources;
  #reading: Promise<ClientTotals> | null = null;
  /** Told as things happen. */
  readonly stages: StageMetrics;

  constructor(sources: MetricsSources) {
    this.#sources = sources;
    collectDefaultMetrics({ register: this.#registry });
    // Gauges that are named like counters.
    for (const name of misnamed) this.#registry.removeSingleMetric(name);
    this.stages = new StageMetrics(this.#registry, sources.registry.symbols);
    this.#info();
    this.#clients();
    this.#durations();
    this.#actors();
    this.#symbols();
    this.#machinery();
    registerVenueMetrics(this.#registry, sources.venues);
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

  /** All that read them in one scrape read the same. */
  #totals(): Promise<ClientTotals> {
    if (this.#reading !== null) return this.#reading;
    this.#reading = this.#sources.clientTotals();
    setImmediate(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  #clients(): void {
    const { encodes } = this.#sources;
    const fresh = () => this.#totals();
    this.#gauge('ws_active_connections', 'Connections that a symbol is subscribed on', ['symbol'], async (gauge) => {
      for (const [symbol, count] of Object.entries((await fresh()).subscriptions)) gauge.set({ symbol }, count);
    });
    this.#gauge('heatline_connections', 'Connections', [], async (gauge) => gauge.set((await fresh()).active));
    this.#gauge('heatline_slow_connections', 'Connections that are too slow now', [], async (gauge) => {
      gauge.set((await fresh()).slow);
    });
    this.#total('ws_messages_sent_total', 'Pictures and news sent', ['symbol'], async (add) => {
      for (const [symbol, count] of Object.entries((await fresh()).sentBySymbol)) add({ symbol }, count);
    });
    this.#total('ws_slow_consumers_total', 'Times that a subscriber became too slow', ['symbol'], async (add) => {
      for (const [symbol, count] of Object.entries((await fresh()).slowBySymbol)) add({ symbol }, count);
    });
    this.#gauge(
      'heatline_lagging_connections',
      'Connections whose oldest unread frame is at least this old',
      ['at_least_seconds'],
      async (gauge) => {
        const { lagging } = await fresh();
        for (const [i, age] of lagAges.entries()) gauge.set({ at_least_seconds: age }, lagging[i]!);
      },
    );
    this.#total('heatline_upgrades_refused_total', 'Clients that were not let in', ['status', 'cause'], async (add) => {
      for (const [key, count] of Object.entries((await fresh()).refusals)) {
        const [status, cause] = key.split(' ') as [string, string];
        add({ status, cause }, count);
      }
    });
    this.#total(
      'heatline_client_verdicts_total',
      'What became of clients that did not keep up',
      ['verdict'],
      async (add) => {
        for (const [verdict, count] of Object.entries((await fresh()).verdicts)) add({ verdict }, count);
      },
    );
    this.#total('heatline_messages_total', 'Messages sent, of all kinds', [], async (add) =>
      add({}, (await fresh()).sent),
    );
    this.#total(
      'heatline_messages_dropped_total',
      'Pictures that were replaced by newer ones before they were sent, and news that found too many waiting',
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
    this.#gauge('heatline_mailbox_deepest', 'Most messages that ever waited in one mailbox', [], (gauge) =>
      gauge.set(kernel().deepestMailbox),
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

  #durations(): void {
    const { stages } = this;
    const histogram = (
      name: string,
      help: string,
      label: string,
      collect: () => Readonly<Record<string, TallyCounts>> | Promise<Readonly<Record<string, TallyCounts>>>,
    ) => this.#registry.registerMetric(new TallyMetric({ name, help, label, collect }));
    histogram(
      'heatline_stage_seconds',
      'From stage to stage of an event, a batch or picture each',
      'stage',
      async () => ({
        ...stages.stages(),
        ...(await this.#totals()).stages,
      }),
    );
    histogram('heatline_pool_wait_seconds', 'How long jobs waited for a worker', 'pool', () => stages.waits());
    histogram('heatline_pool_run_seconds', 'How long workers took for jobs', 'pool', () => stages.runs());
    histogram('heatline_loop_lag_seconds', 'How late threads came to look at their clients', 'threads', async () => ({
      clients: (await this.#totals()).loopLag,
    }));
  }

  #actors(): void {
    const all = async () => Object.entries(addedCensus(this.#sources.actors(), (await this.#totals()).actors));
    this.#gauge('heatline_actors', 'Actors of all threads', ['kind'], async (gauge) => {
      for (const [kind, { actors }] of await all()) gauge.set({ kind }, actors);
    });
    this.#gauge('heatline_mailbox_waiting', 'Messages that wait in mailboxes', ['kind'], async (gauge) => {
      for (const [kind, { waiting }] of await all()) gauge.set({ kind }, waiting);
    });
    this.#gauge('heatline_mailbox_depth_max', 'Messages that wait in the fullest mailbox', ['kind'], async (gauge) => {
      for (const [kind, { deepest }] of await all()) gauge.set({ kind }, deepest);
    });
    this.#total('heatline_actor_failures_total', 'Errors in actors', ['kind'], async (add) => {
      for (const [kind, { failures }] of await all()) add({ kind }, failures);
    });
    this.#total('heatline_actor_restarts_total', 'Actors that were started again', ['kind'], async (add) => {
      for (const [kind, { restarts }] of await all()) add({ kind }, restarts);
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
}

interface Pool {
  stats(): { readonly queued: number; readonly running: number; readonly completed: number; readonly failed: number };
}

function entriesOf(pools: Readonly<Record<string, Pool>>): [string, Pool][] {
  return Object.entries(pools).map(([name, pool]) => [name, { stats: () => pool.stats() }]);
}
