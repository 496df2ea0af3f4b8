/**
 * The lowest point of a function of a few numbers, without derivatives.
 *
 * Source: Nelder and Mead, "A simplex method for function minimization", 1965, with the usual coefficients 1, 2, ½, ½.
 */
export interface Minimum {
  readonly at: readonly number[];
  readonly value: number;
  readonly steps: number;
}

export interface SearchOptions {
  readonly mostSteps: number;
  /** Ends when the simplex's values are this close to each other, relative to the lowest. */
  readonly tolerance: number;
  readonly onStep?: (step: number) => void;
}

export function nelderMead(
  valueAt: (point: readonly number[]) => number,
  start: readonly number[],
  widths: readonly number[],
  { mostSteps, tolerance, onStep }: SearchOptions,
): Minimum {
  const vertex = (at: readonly number[]) => ({ at, value: valueAt(at) });
  const corners = start.map((_, i) => start.map((value, k) => (k === i ? value + widths[i]! : value)));
  const simplex = [start, ...corners].map(vertex);
  let step = 0;
  for (; step < mostSteps; step++) {
    onStep?.(step);
    simplex.sort((a, b) => a.value - b.value);
    const [best, worst] = [simplex[0]!, simplex.at(-1)!];
    if (Math.abs(worst.value - best.value) <= tolerance * Math.abs(best.value)) break;
    const others = simplex.slice(0, -1);
    const centre = start.map((_, i) => others.reduce((sum, { at }) => sum + at[i]!, 0) / others.length);
    const along = (share: number) => vertex(centre.map((value, i) => value + share * (worst.at[i]! - value)));
    const replaceWorst = (by: (typeof simplex)[number]) => {
      simplex[simplex.length - 1] = by;
    };
    const reflected = along(-1);
    if (reflected.value < best.value) {
      const expanded = along(-2);
      replaceWorst(expanded.value < reflected.value ? expanded : reflected);
    } else if (reflected.value < others.at(-1)!.value) {
      replaceWorst(reflected);
    } else {
      const contracted = along(reflected.value < worst.value ? -0.5 : 0.5);
      if (contracted.value < Math.min(reflected.value, worst.value)) replaceWorst(contracted);
      else {
        for (let i = 1; i < simplex.length; i++) {
          simplex[i] = vertex(simplex[i]!.at.map((value, k) => (value + best.at[k]!) / 2));
        }
      }
    }
  }
  const { at, value } = simplex.reduce((best, corner) => (corner.value < best.value ? corner : best));
  return { at, value, steps: step };
}
