/** Rivals measured side by side: in each round every one of them once, so that a change of the machine's mood hits all alike. */

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @param rivals each does its work once and answers its figure. */
export async function rounds<N extends string>(
  count: number,
  rivals: Readonly<Record<N, () => number | Promise<number>>>,
): Promise<Record<N, Spread>> {
  const names = Object.keys(rivals) as N[];
  const figures = new Map<N, number[]>(names.map((name) => [name, []]));
  // One round that does not count: compilation, first page faults.
  for (let round = -1; round < count; round++) {
    for (const name of names) {
      const figure = await rivals[name]();
      if (round >= 0) figures.get(name)!.push(figure);
    }
  }
  return Object.fromEntries(names.map((name) => [name, spreadOf(figures.get(name)!)])) as Record<N, Spread>;
}

export function spreadOf(figures: readonly number[]): Spread {
  const sorted = [...figures].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1]!, min: sorted[0]!, max: sorted.at(-1)! };
}

/** "6.1 (5.8–6.4)" */
export function shown({ median, min, max }: Spread, digits = 3): string {
  const text = (figure: number) => String(Number(figure.toPrecision(digits)));
  return `${text(median)} (${text(min)}–${text(max)})`;
}
