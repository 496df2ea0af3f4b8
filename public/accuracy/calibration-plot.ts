/** USD liquidated over USD predicted, both logarithmic: a point each tenth of the intervals, and the line where they would be equal. */
import { shown } from '../stats/table.ts';
import type { Report, Step } from './answer.ts';

const size = { width: 420, height: 320, left: 62, right: 14, top: 14, bottom: 42 };
const namespace = 'http://www.w3.org/2000/svg';

function node(name: string, attributes: Readonly<Record<string, string | number>>, text = ''): SVGElement {
  const element = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.textContent = text;
  return element;
}

export function calibrationPlot({ long, short }: NonNullable<Report['calibration']>): HTMLElement {
  const figure = document.createElement('figure');
  const caption = document.createElement('figcaption');
  const svg = node('svg', { viewBox: `0 0 ${size.width} ${size.height}`, role: 'img' });
  svg.setAttribute('aria-label', 'Calibration: USD liquidated over USD predicted; the table below says the same');
  const hasBoth = (step: Step) => step.predicted_usd > 0 && step.liquidated_usd > 0;
  const steps = [...long, ...short].filter(hasBoth);
  const values = steps.flatMap((step) => [step.predicted_usd, step.liquidated_usd]);
  const powers = values.map(Math.log10);
  const [from, to] = steps.length === 0 ? [0, 1] : [Math.floor(Math.min(...powers)), Math.ceil(Math.max(...powers))];
  const end = Math.max(to, from + 1);
  const share = (value: number) => (Math.log10(value) - from) / (end - from);
  const across = (value: number) => size.left + share(value) * (size.width - size.left - size.right);
  const up = (value: number) => size.height - size.bottom - share(value) * (size.height - size.top - size.bottom);
  for (let power = from; power <= end; power++) {
    const [x, y] = [across(10 ** power), up(10 ** power)];
    svg.append(
      node('line', { class: 'grid', x1: x, x2: x, y1: size.top, y2: size.height - size.bottom }),
      node('line', { class: 'grid', y1: y, y2: y, x1: size.left, x2: size.width - size.right }),
      node('text', { x, y: size.height - size.bottom + 16, 'text-anchor': 'middle' }, short10(power)),
      node('text', { x: size.left - 6, y: y + 4, 'text-anchor': 'end' }, short10(power)),
    );
  }
  const [low, high] = [10 ** from, 10 ** end];
  svg.append(node('line', { class: 'ideal', x1: across(low), y1: up(low), x2: across(high), y2: up(high) }));
  svg.append(node('text', { x: size.width / 2, y: size.height - 8, 'text-anchor': 'middle' }, 'USD predicted'));
  for (const [side, list] of [
    ['long', long],
    ['short', short],
  ] as const) {
    for (const step of list.filter(hasBoth)) {
      const [x, y] = [across(step.predicted_usd), up(step.liquidated_usd)];
      // Told apart by form too.
      const mark =
        side === 'long'
          ? node('circle', { class: side, cx: x, cy: y, r: 5 })
          : node('rect', { class: side, x: x - 4.5, y: y - 4.5, width: 9, height: 9 });
      const what = `${side}s, ${step.intervals} intervals: ${shown(step.predicted_usd)} USD predicted, ${shown(step.liquidated_usd)} liquidated`;
      mark.append(node('title', {}, what));
      svg.append(mark);
    }
  }
  caption.textContent =
    'Calibration: USD liquidated (up) over USD predicted, tenths of the intervals; ● longs, ■ shorts.';
  figure.append(caption, svg);
  return figure;
}

function short10(power: number): string {
  const unit = ['', ' k', ' M', ' B', ' T'][Math.min(Math.max(Math.floor(power / 3), 0), 4)]!;
  return `${10 ** (power - 3 * Math.min(Math.max(Math.floor(power / 3), 0), 4))}${unit}`;
}
