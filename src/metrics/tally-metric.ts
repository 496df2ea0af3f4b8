/** Tallies as a histogram of Prometheus: read when they are asked for. */
import { Gauge, type MetricObjectWithValues, type MetricType, type MetricValueWithName } from 'prom-client';
import { type TallyCounts, tallyBounds } from './tally.ts';

export interface TallyMetricOptions<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly label: L;
  /** By the label's value. */
  readonly collect: () => Readonly<Record<string, TallyCounts>> | Promise<Readonly<Record<string, TallyCounts>>>;
}

/** The library's own histogram can only be filled by observing; a gauge shows what it is given. */
export class TallyMetric<L extends string> extends Gauge<L> {
  readonly #options: TallyMetricOptions<L>;

  constructor(options: TallyMetricOptions<L>) {
    const { name, help, label } = options;
    super({ name, help, labelNames: [label], registers: [] });
    this.#options = options;
  }

  override async get(): Promise<MetricObjectWithValues<MetricValueWithName<L>>> {
    const { name, label, collect } = this.#options;
    const tallies = Object.entries(await collect());
    const values = tallies.flatMap(([value, tally]) => samplesOf(name, label, value, tally));
    return { ...(await super.get()), type: 'histogram' as unknown as MetricType, values };
  }
}

function samplesOf<L extends string>(name: string, label: L, labelValue: string, { counts, sum }: TallyCounts) {
  const labels = { [label]: labelValue } as Partial<Record<L, string | number>>;
  const values: MetricValueWithName<L>[] = [];
  let total = 0;
  for (const [bucket, count] of counts.entries()) {
    total += count;
    const le = tallyBounds[bucket] ?? '+Inf';
    values.push({ metricName: `${name}_bucket`, labels: { le, ...labels }, value: total });
  }
  values.push({ metricName: `${name}_sum`, labels, value: sum });
  values.push({ metricName: `${name}_count`, labels, value: total });
  return values;
}
