/** The whole range in small, and in it the part that the chart shows: it can be moved and stretched. */
import type { IChartApi, LogicalRange } from '../vendor/lightweight-charts.mjs';
import type { HeatLayer } from './heat-layer.ts';

const handlePx = 8;
const fewestColumns = 10;

type Part = 'from' | 'to' | 'both';

export class Brush {
  readonly #canvas: HTMLCanvasElement;
  readonly #chart: IChartApi;
  readonly #layer: HeatLayer;
  /** The image squeezed to the brush's size, so that a frame costs one copy. */
  readonly #small = document.createElement('canvas');
  #isDirty = true;

  constructor(canvas: HTMLCanvasElement, chart: IChartApi, layer: HeatLayer) {
    this.#canvas = canvas;
    this.#chart = chart;
    this.#layer = layer;
    chart.timeScale().subscribeVisibleLogicalRangeChange(() => this.draw());
    canvas.addEventListener('pointerdown', (event) => this.#grab(event));
    new ResizeObserver(() => this.changed()).observe(canvas);
  }

  /** The data is another. */
  changed(): void {
    this.#isDirty = true;
    this.draw();
  }

  draw(): void {
    const { width, height } = this.#size();
    const context = this.#canvas.getContext('2d')!;
    if (this.#isDirty) this.#squeeze(width, height);
    context.clearRect(0, 0, width, height);
    context.drawImage(this.#small, 0, 0);
    const range = this.#chart.timeScale().getVisibleLogicalRange();
    if (range === null) return;
    const [from, to] = [this.#xOf(range.from), this.#xOf(range.to)];
    context.fillStyle = 'rgb(0 0 0 / 60%)';
    context.fillRect(0, 0, from, height);
    context.fillRect(to, 0, width - to, height);
    context.fillStyle = '#ffffff';
    const line = 2 * devicePixelRatio;
    context.fillRect(from - line / 2, 0, line, height);
    context.fillRect(to - line / 2, 0, line, height);
  }

  #size(): { width: number; height: number } {
    const width = Math.round(this.#canvas.clientWidth * devicePixelRatio);
    const height = Math.round(this.#canvas.clientHeight * devicePixelRatio);
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
      this.#isDirty = true;
    }
    return { width, height };
  }

  #squeeze(width: number, height: number): void {
    this.#isDirty = false;
    this.#small.width = Math.max(width, 1);
    this.#small.height = Math.max(height, 1);
    const { grid } = this.#layer;
    if (grid === null || grid.newest < 0) return;
    const context = this.#small.getContext('2d')!;
    const count = grid.newest - grid.oldest + 1;
    for (let number = grid.oldest; number <= grid.newest; ) {
      const slot = number % grid.columnRoom;
      const run = Math.min(grid.newest + 1 - number, grid.columnRoom - slot);
      const [x, wide] = [((number - grid.oldest) / count) * width, (run / count) * width];
      context.drawImage(grid.image, slot, 0, run, grid.levelRoom, x, 0, wide, height);
      number += run;
    }
  }

  #first(): number {
    return (this.#layer.grid?.oldest ?? 0) + this.#layer.anchor;
  }

  #count(): number {
    const { grid } = this.#layer;
    return grid === null ? 1 : Math.max(grid.newest - grid.oldest + 1, 1);
  }

  #xOf(logical: number): number {
    return ((logical + 0.5 - this.#first()) / this.#count()) * this.#canvas.width;
  }

  #grab(event: PointerEvent): void {
    const scale = this.#chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    if (range === null) return;
    const perPixel = this.#count() / this.#canvas.clientWidth;
    const [from, to] = [this.#xOf(range.from) / devicePixelRatio, this.#xOf(range.to) / devicePixelRatio];
    const at = event.offsetX;
    const part: Part = Math.abs(at - from) < handlePx ? 'from' : Math.abs(at - to) < handlePx ? 'to' : 'both';
    const isOutside = part === 'both' && (at < from || at > to);
    const jump = isOutside ? (at - (from + to) / 2) * perPixel : 0;
    const begun = { from: range.from + jump, to: range.to + jump };
    const move = (moved: PointerEvent) => {
      const by = (moved.offsetX - at) * perPixel;
      const next = {
        from: part === 'to' ? begun.from : Math.min(begun.from + by, begun.to - (part === 'from' ? fewestColumns : 0)),
        to: part === 'from' ? begun.to : Math.max(begun.to + by, begun.from + (part === 'to' ? fewestColumns : 0)),
      };
      scale.setVisibleLogicalRange(next as LogicalRange);
    };
    move(event);
    this.#canvas.setPointerCapture(event.pointerId);
    this.#canvas.addEventListener('pointermove', move);
    const drop = () => this.#canvas.removeEventListener('pointermove', move);
    this.#canvas.addEventListener('lostpointercapture', drop, { once: true });
  }
}
