/** How well a prediction finds the largest amounts. */
import { ranksOf } from './rank-correlation.ts';

const topShare = 0.1;

/** Area under the ROC curve: the chance that one of the largest tenth of amounts is predicted above one of the others. 0.5 is chance. */
export function topDecileAuc(predicted: ArrayLike<number>, observed: ArrayLike<number>): number {
  const isTop = largest(observed);
  const ranks = ranksOf(predicted);
  let [tops, sum] = [0, 0];
  for (let i = 0; i < ranks.length; i++) {
    if (!isTop.has(i)) continue;
    tops++;
    sum += ranks[i]! + 1;
  }
  const others = ranks.length - tops;
  return tops > 0 && others > 0 ? (sum - (tops * (tops + 1)) / 2) / (tops * others) : Number.NaN;
}

/** Share of the whole amount that lies where the prediction's largest tenth is. 0.1 is chance. */
export function topDecileCapture(predicted: ArrayLike<number>, observed: ArrayLike<number>): number {
  let [all, captured] = [0, 0];
  const isTop = largest(predicted);
  for (let i = 0; i < observed.length; i++) {
    all += observed[i]!;
    if (isTop.has(i)) captured += observed[i]!;
  }
  return all > 0 ? captured / all : Number.NaN;
}

/** Places of the largest tenth, at least one; of equals the earlier. */
function largest(values: ArrayLike<number>): Set<number> {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((i, j) => values[j]! - values[i]! || i - j);
  return new Set(order.slice(0, Math.max(Math.round(values.length * topShare), 1)));
}
