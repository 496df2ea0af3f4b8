/** Slope of the line through log(observed) over log(predicted), by least squares: 1 when twice the prediction means twice the amount. */

/** Pairs with a zero have no logarithm and are left out; NaN when fewer than three are left. */
export function logSlope(predicted: ArrayLike<number>, observed: ArrayLike<number>): number {
  const pairs: [number, number][] = [];
  for (let i = 0; i < predicted.length; i++) {
    if (predicted[i]! > 0 && observed[i]! > 0) pairs.push([Math.log(predicted[i]!), Math.log(observed[i]!)]);
  }
  if (pairs.length < 3) return Number.NaN;
  const meanX = pairs.reduce((sum, [x]) => sum + x, 0) / pairs.length;
  const meanY = pairs.reduce((sum, [, y]) => sum + y, 0) / pairs.length;
  let [xy, xx] = [0, 0];
  for (const [x, y] of pairs) {
    xy += (x - meanX) * (y - meanY);
    xx += (x - meanX) ** 2;
  }
  return xx > 0 ? xy / xx : Number.NaN;
}
