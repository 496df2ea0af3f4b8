/** Plots as SVG text, drawn for a page that loads nothing: axes with round ticks, points, lines and whiskers. */

export interface Scale {
  /** Data at the two ends of the axis. */
  readonly from: number;
  readonly to: number;
  readonly isLogarithmic: boolean;
  /** Shown below the x axis; what the y axis is, the plot's title says. */
  readonly title: string;
}

export interface Mark {
  readonly x: number;
  readonly y: number;
  /** Ends of a whisker along the x axis. */
  readonly low?: number;
  readonly high?: number;
  readonly colour: string;
  /** Shown on hovering. */
  readonly label: string;
}

export interface Plot {
  readonly title: string;
  readonly x: Scale;
  readonly y: Scale;
  readonly marks: readonly Mark[];
  /** From corner to corner where x = y; only for axes in the same unit. */
  readonly hasDiagonal?: boolean;
  /** In place of numbers along the y axis, one for each whole number from 0. */
  readonly rows?: readonly string[];
  /** In place of numbers along the x axis, one for each stretch of 1 from 0. */
  readonly columns?: readonly string[];
}

const height = 330;
const margin = { left: 70, right: 20, top: 34, bottom: 46 };
const rowMargin = 250;

export function svgPlot(plot: Plot, width = 520): string {
  const { title, x, y, marks, rows, columns, hasDiagonal } = plot;
  const left = rows === undefined ? margin.left : rowMargin;
  const full = rows === undefined ? height : margin.top + margin.bottom + 22 * rows.length;
  const across = placer(x, left, width - margin.right);
  const up = placer(y, full - margin.bottom, margin.top);
  const parts = [`<text x="6" y="16" class="title">${escaped(title)}</text>`];
  const bottom = full - margin.bottom;
  const numbers = (scale: Scale) => ticksOf(scale).map((tick) => [tick, shortNumber(tick)] as const);
  for (const [tick, text] of columns === undefined ? numbers(x) : [...columns.entries()]) {
    const at = across(tick).toFixed(1);
    const middle = columns === undefined ? at : across(tick + 0.5).toFixed(1);
    parts.push(`<line x1="${at}" x2="${at}" y1="${margin.top}" y2="${bottom}" class="grid"/>`);
    parts.push(`<text x="${middle}" y="${bottom + 16}" class="across">${escaped(text)}</text>`);
  }
  for (const [tick, text] of rows === undefined ? numbers(y) : [...rows.entries()]) {
    const at = up(tick).toFixed(1);
    parts.push(`<line x1="${left}" x2="${width - margin.right}" y1="${at}" y2="${at}" class="grid"/>`);
    parts.push(`<text x="${left - 6}" y="${at}" dy="4" class="up">${escaped(text)}</text>`);
  }
  parts.push(`<text x="${(left + width) / 2}" y="${full - 10}" class="across">${escaped(x.title)}</text>`);
  if (hasDiagonal === true) {
    const [from, to] = [Math.max(x.from, y.from), Math.min(x.to, y.to)];
    parts.push(`<line x1="${across(from)}" y1="${up(from)}" x2="${across(to)}" y2="${up(to)}" class="ideal"/>`);
  }
  for (const { x: at, y: row, low, high, colour, label } of marks) {
    if (!Number.isFinite(across(at)) || !Number.isFinite(up(row))) continue;
    const height = up(row).toFixed(1);
    if (low !== undefined && high !== undefined && Number.isFinite(low) && Number.isFinite(high)) {
      const ends = `x1="${across(low).toFixed(1)}" x2="${across(high).toFixed(1)}"`;
      parts.push(`<line ${ends} y1="${height}" y2="${height}" stroke="${colour}" stroke-width="2"/>`);
    }
    const centre = `cx="${across(at).toFixed(1)}" cy="${height}"`;
    parts.push(`<circle ${centre} r="4" fill="${colour}"><title>${escaped(label)}</title></circle>`);
  }
  return `<svg viewBox="0 0 ${width} ${full}" width="${width}" role="img" aria-label="${escaped(title)}">${parts.join('')}</svg>`;
}

function placer({ from, to, isLogarithmic }: Scale, start: number, end: number): (value: number) => number {
  const position = isLogarithmic ? Math.log : (value: number) => value;
  return (value) => {
    const share = (position(value) - position(from)) / (position(to) - position(from));
    return start + Math.min(Math.max(share, 0), 1) * (end - start);
  };
}

/** Powers of ten, or about five multiples of a 1-2-5 step. */
export function ticksOf({ from, to, isLogarithmic }: Scale): number[] {
  if (isLogarithmic) {
    const first = Math.ceil(Math.log10(from) - 1e-9);
    const count = Math.floor(Math.log10(to) + 1e-9) - first + 1;
    return Array.from({ length: Math.max(count, 0) }, (_, i) => 10 ** (first + i));
  }
  const rough = (to - from) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((mantissa) => mantissa * power).find((wide) => wide >= rough * (1 - 1e-9))!;
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function shortNumber(value: number): string {
  if (value >= 1e9) return `${value / 1e9} B`;
  if (value >= 1e6) return `${value / 1e6} M`;
  if (value >= 1e3) return `${value / 1e3} k`;
  return String(value);
}

export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
