/**
 * How sure a fit is of its parameters when rows of a day go together: `H⁻¹ · (Σ over days of score·scoreᵀ) · H⁻¹`.
 *
 * Source: Liang and Zeger, "Longitudinal data analysis using generalized linear models", 1986 (robust covariance by clusters).
 * Derivatives are differences of steps that change the loss by a visible amount.
 */

/** @param lossByDay loss of each day at a point. @returns standard deviation of each parameter; NaN where the loss is flat. */
export function clusteredDeviations(
  lossByDay: (point: readonly number[]) => readonly number[],
  at: readonly number[],
  steps: readonly number[],
): number[] {
  const count = at.length;
  const moved = (...shifts: readonly (readonly [place: number, share: number])[]) =>
    lossByDay(at.map((value, i) => shifts.reduce((sum, [p, s]) => (p === i ? sum + s * steps[i]! : sum), value)));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const centre = sum(lossByDay(at));
  const ups = at.map((_, i) => moved([i, 1]));
  const downs = at.map((_, i) => moved([i, -1]));
  const scores = ups.map((up, i) => up.map((value, day) => (value - downs[i]![day]!) / (2 * steps[i]!)));
  const hessian = at.map(() => new Array<number>(count).fill(0));
  for (let i = 0; i < count; i++) {
    hessian[i]![i] = (sum(ups[i]!) + sum(downs[i]!) - 2 * centre) / steps[i]! ** 2;
    for (let k = 0; k < i; k++) {
      const mixed = sum(moved([i, 1], [k, 1])) + sum(moved([i, -1], [k, -1]));
      const crossed = sum(moved([i, 1], [k, -1])) + sum(moved([i, -1], [k, 1]));
      const value = (mixed - crossed) / (4 * steps[i]! * steps[k]!);
      hessian[i]![k] = value;
      hessian[k]![i] = value;
    }
  }
  const inverse = inverted(hessian);
  if (inverse === null) return at.map(() => Number.NaN);
  const days = scores[0]?.length ?? 0;
  return at.map((_, i) => {
    let variance = 0;
    for (let day = 0; day < days; day++) variance += sum(inverse[i]!.map((h, k) => h * scores[k]![day]!)) ** 2;
    return Math.sqrt(variance * (days / Math.max(days - 1, 1)));
  });
}

/**
 * Deviations that the central 95 % of Student's distribution reach to: a spread that was seen on few days is less sure than a normal one.
 *
 * Source: Abramowitz and Stegun 26.7.5, two terms; NaN below two degrees.
 */
export function studentQuantile(degrees: number): number {
  if (degrees < 2) return Number.NaN;
  const z = 1.959964;
  return z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
}

/** Gauss–Jordan with the largest pivot; null when singular. */
function inverted(matrix: readonly (readonly number[])[]): number[][] | null {
  const count = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, k) => (i === k ? 1 : 0))]);
  for (let column = 0; column < count; column++) {
    let pivot = column;
    for (let r = column + 1; r < count; r++) {
      if (Math.abs(rows[r]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = r;
    }
    const size = rows[pivot]![column]!;
    if (!(Math.abs(size) > 1e-12)) return null;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    rows[column] = rows[column]!.map((value) => value / size);
    for (let r = 0; r < count; r++) {
      const share = rows[r]![column]!;
      if (r !== column) rows[r] = rows[r]!.map((value, k) => value - share * rows[column]![k]!);
    }
  }
  return rows.map((row) => row.slice(count));
}
