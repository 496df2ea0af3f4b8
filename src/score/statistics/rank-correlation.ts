/**
 * Rank correlations. Equal values share the mean of their ranks. A correlation with something constant is not defined: NaN.
 */

/** Ranks from 0. */
export function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let place = from; place < to; place++) ranks[order[place]!] = (from + to - 1) / 2;
    from = to;
  }
  return ranks;
}

/** Pearson's product-moment correlation. */
export function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const count = x.length;
  let [sumX, sumY] = [0, 0];
  for (let i = 0; i < count; i++) {
    sumX += x[i]!;
    sumY += y[i]!;
  }
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const [dx, dy] = [x[i]! - sumX / count, y[i]! - sumY / count];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : Number.NaN;
}

/** Spearman's. */
export function rankCorrelation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return correlation(ranksOf(x), ranksOf(y));
}

/**
 * Rank correlation of x and y that is left when z is known: `(r_xy − r_xz·r_yz) / √((1 − r_xz²)(1 − r_yz²))` of Spearman's.
 * NaN where x or y follows from z.
 */
export function partialRankCorrelation(x: ArrayLike<number>, y: ArrayLike<number>, z: ArrayLike<number>): number {
  const [rx, ry, rz] = [ranksOf(x), ranksOf(y), ranksOf(z)];
  const [xy, xz, yz] = [correlation(rx, ry), correlation(rx, rz), correlation(ry, rz)];
  const left = (1 - xz * xz) * (1 - yz * yz);
  return left > 1e-12 ? (xy - xz * yz) / Math.sqrt(left) : Number.NaN;
}
