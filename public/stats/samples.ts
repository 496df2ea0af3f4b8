/** What `/metrics` says, as numbers that can be asked for. */

export type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

export class Samples {
  readonly #samples: readonly Sample[];
  readonly at: number;

  /** @param text in Prometheus's format. @param at ms of the reading. */
  constructor(text: string, at: number) {
    this.at = at;
    this.#samples = text.split('\n').flatMap((line) => {
      const found = /^(\w+)(?:\{([^}]*)\})? (\S+)$/.exec(line);
      if (found === null) return [];
      const labels = Object.fromEntries(
        [...(found[2] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!]),
      );
      return [{ name: found[1]!, labels, value: Number(found[3]) }];
    });
  }

  /** Sum of all that have these labels; NaN: there is none. */
  sum(name: string, labels: Labels = {}): number {
    const found = this.#matching(name, labels);
    return found.length === 0 ? Number.NaN : found.reduce((sum, { value }) => sum + value, 0);
  }

  valuesOf(label: string, name: string): string[] {
    return [...new Set(this.#matching(name, {}).flatMap(({ labels }) => labels[label] ?? []))];
  }

  /** Of a counter, a second, since an earlier reading. */
  rate(before: Samples | null, name: string, labels: Labels = {}): number {
    if (before === null) return Number.NaN;
    return ((this.sum(name, labels) - before.sum(name, labels)) * 1000) / (this.at - before.at);
  }

  /** Of a histogram, since an earlier reading; NaN: nothing happened. */
  mean(before: Samples | null, name: string, labels: Labels): number {
    const since = (what: string) => this.sum(`${name}_${what}`, labels) - (before?.sum(`${name}_${what}`, labels) || 0);
    return since('sum') / since('count');
  }

  /** Upper bound of the bucket in which the share lies. */
  quantile(before: Samples | null, name: string, labels: Labels, share: number): number {
    const buckets = this.#matching(`${name}_bucket`, labels).map(({ labels: { le }, value }) => ({
      bound: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le),
      count: value - (before?.sum(`${name}_bucket`, { ...labels, le: le! }) || 0),
    }));
    buckets.sort((a, b) => a.bound - b.bound);
    const total = buckets.at(-1)?.count ?? 0;
    return total === 0 ? Number.NaN : buckets.find(({ count }) => count >= total * share)!.bound;
  }

  #matching(name: string, labels: Labels): readonly Sample[] {
    const wanted = Object.entries(labels);
    return this.#samples.filter(
      (sample) => sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value),
    );
  }
}
