/** Stands in for k6's metrics: keeps every sample, and judges thresholds as k6 writes them. */

export const recorded = new Map<string, number[]>();

class Metric {
  readonly #samples: number[];

  constructor(name: string) {
    const samples = recorded.get(name) ?? [];
    recorded.set(name, samples);
    this.#samples = samples;
  }

  add(value: number | boolean): void {
    this.#samples.push(Number(value));
  }
}

export class Counter extends Metric {}
export class Gauge extends Metric {}
export class Rate extends Metric {}
export class Trend extends Metric {}

/** @returns what is wrong: a threshold that does not hold, or one that nothing was measured for. */
export function brokenThresholds(thresholds: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(thresholds).flatMap(([name, list]) => {
    const samples = [...(recorded.get(name) ?? [])].sort((a, b) => a - b);
    return list.flatMap((threshold) => {
      const [, what, share, relation, bound] = /^(p\((\d+)\)|rate)\s*([<>])\s*([\d.]+)$/.exec(threshold) ?? [];
      if (what === undefined) return [`${name}: threshold ${threshold} is not understood`];
      if (samples.length === 0) return [`${name}: nothing was measured`];
      const value =
        share === undefined
          ? samples.reduce((sum, sample) => sum + sample, 0) / samples.length
          : samples[Math.min(Math.floor((samples.length * Number(share)) / 100), samples.length - 1)]!;
      const holds = relation === '<' ? value < Number(bound) : value > Number(bound);
      return holds ? [] : [`${name}: ${value} is not ${threshold}`];
    });
  });
}
