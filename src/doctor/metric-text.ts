/** What `/metrics` said at one moment, as numbers that can be asked for. */

export type MetricLabels = Readonly<Record<string, string>>;

interface Sample {
  readonly name: string;
  readonly labels: MetricLabels;
  readonly value: number;
}

export class MetricText {
  readonly #samples: readonly Sample[];

  /** @param text in Prometheus's format. */
  constructor(text: string) {
    this.#samples = text.split('\n').flatMap((line) => {
      const found = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
      if (found === null) return [];
      const pairs = [...(found[2] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!]);
      return [{ name: found[1]!, labels: Object.fromEntries(pairs), value: Number(found[3]) }];
    });
  }

  /** Sum of all that have these labels; 0 when there is none. */
  sum(name: string, labels: MetricLabels = {}): number {
    return this.#matching(name, labels).reduce((sum, { value }) => sum + value, 0);
  }

  valuesOf(label: string, name: string): string[] {
    return [...new Set(this.#matching(name, {}).flatMap(({ labels }) => labels[label] ?? []))];
  }

  /** Of a histogram since an earlier reading: upper bound of the bucket in which the share lies; null when nothing happened. */
  quantileSince(before: MetricText, name: string, share: number, labels: MetricLabels = {}): number | null {
    const buckets = this.valuesOf('le', `${name}_bucket`).map((le) => ({
      bound: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le),
      count: this.sum(`${name}_bucket`, { ...labels, le }) - before.sum(`${name}_bucket`, { ...labels, le }),
    }));
    buckets.sort((a, b) => a.bound - b.bound);
    const total = buckets.at(-1)?.count ?? 0;
    return total === 0 ? null : buckets.find(({ count }) => count >= total * share)!.bound;
  }

  #matching(name: string, labels: MetricLabels): readonly Sample[] {
    const wanted = Object.entries(labels);
    return this.#samples.filter(
      (sample) => sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value),
    );
  }
}
