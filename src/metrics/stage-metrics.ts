/**
 * How long a market event takes from stage to stage, as far as the main thread sees it. It is told as things happen, once a batch or
 * picture, and asked when somebody reads the metrics.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { FoldTimes, PictureTimes } from '../actors/symbol-options.ts';
import { Tally, type TallyCounts } from './tally.ts';
import { TallyMetric } from './tally-metric.ts';

/** In the order of the way; then come those of the clients' side, see `client-stages.ts`. */
type ServerStage = 'event_to_commit' | 'commit' | 'fold' | 'tick_wait' | 'snapshot';

export type Pool = 'snapshot' | 'history' | 'replay';

const broadcastSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

export class StageMetrics {
  readonly #tallies = {
    event_to_commit: new Tally(),
    commit: new Tally(),
    fold: new Tally(),
    tick_wait: new Tally(),
    snapshot: new Tally(),
  } satisfies Record<ServerStage, Tally>;
  readonly #waits = { snapshot: new Tally(), history: new Tally(), replay: new Tally() };
  readonly #runs = { snapshot: new Tally(), history: new Tally(), replay: new Tally() };
  /** By symbol, counted without the library: a flood folds thousands of batches a second. */
  readonly #folded = new Map<string, { events: number; readonly commit: Tally }>();
  readonly #broadcast: Histogram<'symbol'>;
  readonly #relay: Histogram<'symbol'>;
  readonly #hop: Histogram<'symbol'>;
  readonly #refused: Counter<'symbol'>;
  readonly #gaps: Counter<'symbol'>;
  readonly #stalled: Gauge<'symbol'>;
  readonly #position: Gauge;

  constructor(registry: Registry, symbols: readonly string[]) {
    const common = { labelNames: ['symbol'] as const, registers: [registry] };
    this.#broadcast = new Histogram({
      ...common,
      name: 'ws_broadcast_duration_seconds',
      help: 'From the copy of the book to the finished picture handed to all clients',
      buckets: broadcastSeconds,
    });
    const commits = new TallyMetric({
      name: 'heatline_log_commit_seconds',
      help: 'From handing a batch of events to the log to the answer that it is on disk',
      label: 'symbol',
      collect: () => Object.fromEntries(Array.from(this.#folded, ([symbol, { commit }]) => [symbol, commit.counts()])),
    });
    registry.registerMetric(commits);
    this.#relay = new Histogram({
      ...common,
      name: 'heatline_redis_publish_seconds',
      help: 'From handing a finished picture to Redis to the answer that it has it',
      buckets: broadcastSeconds,
    });
    this.#hop = new Histogram({
      ...common,
      name: 'heatline_redis_hop_seconds',
      help: 'From the making of a picture on another server to its arrival on this one, by their clocks',
      buckets: broadcastSeconds,
    });
    const folded = this.#folded;
    new Counter({
      ...common,
      name: 'heatline_events_total',
      help: 'Events committed and folded',
      collect() {
        this.reset();
        for (const [symbol, { events }] of folded) this.inc({ symbol }, events);
      },
    });
    this.#refused = new Counter({
      ...common,
      name: 'heatline_observations_refused_total',
      help: 'Observations of the source that made no sense',
    });
    this.#gaps = new Counter({ ...common, name: 'heatline_gaps_total', help: 'Gaps found in the source' });
    this.#stalled = new Gauge({
      ...common,
      name: 'heatline_log_stalled',
      help: '1 while the log cannot be written to',
    });
    this.#position = new Gauge({
      name: 'heatline_log_position',
      help: 'Position in the log of the newest commit of this run',
      registers: [registry],
    });
    for (const symbol of symbols) this.stalled(symbol, false);
  }

  folded(symbol: string, fold: FoldTimes): void {
    const { committedAt, appendedAt, foldedAt, marketTime, events, position } = fold;
    this.#tallies.event_to_commit.add((committedAt - marketTime) / 1000);
    this.#tallies.commit.add((committedAt - appendedAt) / 1000);
    this.#tallies.fold.add((foldedAt - committedAt) / 1000);
    let counted = this.#folded.get(symbol);
    if (counted === undefined) {
      counted = { events: 0, commit: new Tally() };
      this.#folded.set(symbol, counted);
    }
    counted.events += events;
    counted.commit.add((committedAt - appendedAt) / 1000);
    this.#position.set(position);
  }

  broadcast(symbol: string, { fold, startedAt, renderedAt, settledAt }: PictureTimes): void {
    if (fold !== null) this.#tallies.tick_wait.add((startedAt - fold.foldedAt) / 1000);
    this.#tallies.snapshot.add((renderedAt - startedAt) / 1000);
    this.#broadcast.observe({ symbol }, (settledAt - startedAt) / 1000);
  }

  /** A job of a pool has ended. */
  timed(pool: Pool, waitedMs: number, tookMs: number): void {
    this.#waits[pool].add(waitedMs / 1000);
    this.#runs[pool].add(tookMs / 1000);
  }

  /** A picture that is written here is with Redis. */
  relayed(symbol: string, seconds: number): void {
    this.#relay.observe({ symbol }, seconds);
  }

  /** A picture that was made elsewhere has come. */
  hopped(symbol: string, seconds: number): void {
    this.#hop.observe({ symbol }, seconds);
  }

  observationRefused(symbol: string): void {
    this.#refused.inc({ symbol });
  }

  gapFound(symbol: string): void {
    this.#gaps.inc({ symbol });
  }

  stalled(symbol: string, isStalled: boolean): void {
    this.#stalled.set({ symbol }, isStalled ? 1 : 0);
  }

  stages(): Readonly<Record<ServerStage, TallyCounts>> {
    return countsOf(this.#tallies);
  }

  waits(): Readonly<Record<Pool, TallyCounts>> {
    return countsOf(this.#waits);
  }

  runs(): Readonly<Record<Pool, TallyCounts>> {
    return countsOf(this.#runs);
  }
}

export function countsOf<N extends string>(tallies: Readonly<Record<N, Tally>>): Record<N, TallyCounts> {
  const entries = (Object.entries(tallies) as [N, Tally][]).map(([name, tally]) => [name, tally.counts()]);
  return Object.fromEntries(entries);
}
