/** Beside the heatmap, on its price axis: what stands at each price now, by leverage, and how much lies between there and the price. */
import type { Level } from '../js/websocket-client.mjs';
import type { PriceView } from './heat-layer.ts';
import { compactUsd } from './palettes.ts';

export interface Band {
  readonly name: string;
  readonly levels: readonly Level[];
}

/** Blue for low leverage, yellow and orange for high; in the order of the bands. */
export const bandColours = ['#2b5c9e', '#3f8fd2', '#7cc0e8', '#f2c14e', '#f08a24'] as const;
const longColour = '#f6465d';
const shortColour = '#0ecb81';

export class LiquidationMap {
  readonly #canvas: HTMLCanvasElement;
  #bands: readonly Band[] = [];
  #price = 0;
  #view: PriceView | null = null;
  #binSize = 1;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  show(bands: readonly Band[], binSize: number): void {
    this.#bands = bands;
    this.#binSize = binSize;
    this.draw();
  }

  movePrice(price: number): void {
    this.#price = price;
  }

  follow(view: PriceView): void {
    this.#view = view;
    this.draw();
  }

  draw(): void {
    const view = this.#view;
    if (view === null) return;
    const ratio = devicePixelRatio;
    const { clientWidth } = this.#canvas;
    const isBelow = this.#canvas.offsetTop > view.heightCss;
    const height = isBelow ? this.#canvas.clientHeight : view.heightCss;
    const [width, pixels] = [Math.round(clientWidth * ratio), Math.round(this.#canvas.clientHeight * ratio)];
    if (this.#canvas.width !== width || this.#canvas.height !== pixels) {
      this.#canvas.width = width;
      this.#canvas.height = pixels;
    }
    const context = this.#canvas.getContext('2d')!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, clientWidth, this.#canvas.clientHeight);
    context.save();
    context.beginPath();
    context.rect(0, 0, clientWidth, height);
    context.clip();
    const yOf = (price: number) => ((view.top - price) / (view.top - view.bottom)) * height;
    this.#drawBars(context, clientWidth, height, yOf);
    this.#drawCurves(context, clientWidth, height, yOf);
    context.restore();
  }

  #drawBars(context: CanvasRenderingContext2D, width: number, height: number, yOf: (price: number) => number): void {
    const totals = new Map<number, number>();
    for (const { levels } of this.#bands) {
      for (const { price, long_density, short_density } of levels) {
        totals.set(price, (totals.get(price) ?? 0) + long_density + short_density);
      }
    }
    const seen = [...totals].filter(([price]) => yOf(price) >= 0 && yOf(price) <= height).map(([, usd]) => usd);
    const most = Math.max(...seen, 1);
    const thick = Math.max(yOf(0) - yOf(this.#binSize) - 0.5, 0.75);
    const ends = new Map<number, number>();
    for (const [band, { levels }] of this.#bands.entries()) {
      context.fillStyle = bandColours[band]!;
      for (const { price, long_density, short_density } of levels) {
        const from = ends.get(price) ?? 0;
        const length = ((long_density + short_density) / most) * width * 0.9;
        context.fillRect(from, yOf(price) - thick / 2, length, thick);
        ends.set(price, from + length);
      }
    }
  }

  /** From the price outwards: so the two curves meet there, at nothing. */
  #drawCurves(context: CanvasRenderingContext2D, width: number, height: number, yOf: (price: number) => number): void {
    const all = this.#bands.flatMap(({ levels }) => [...levels]).sort((a, b) => a.price - b.price);
    const longs = all.filter(({ long_density }) => long_density > 0).reverse();
    const shorts = all.filter(({ short_density }) => short_density > 0);
    const inView = ({ price }: Level) => yOf(price) >= 0 && yOf(price) <= height;
    const sumOf = (levels: Level[], of: (level: Level) => number) =>
      levels.filter(inView).reduce((sum, level) => sum + of(level), 0);
    const most = Math.max(
      sumOf(longs, (level) => level.long_density),
      sumOf(shorts, (level) => level.short_density),
      1,
    );
    const curve = (levels: Level[], of: (level: Level) => number, colour: string) => {
      context.strokeStyle = colour;
      context.lineWidth = 1.5;
      context.beginPath();
      context.moveTo(0, yOf(this.#price));
      let sum = 0;
      for (const level of levels.filter(inView)) {
        sum += of(level);
        context.lineTo((sum / most) * width * 0.95, yOf(level.price));
      }
      context.stroke();
      context.fillStyle = colour;
      context.font = '11px system-ui';
      return sum;
    };
    const below = curve(longs, (level) => level.long_density, longColour);
    context.fillText(`longs ${compactUsd(below)}`, width - 90, height - 6);
    const above = curve(shorts, (level) => level.short_density, shortColour);
    context.fillText(`shorts ${compactUsd(above)}`, width - 90, 14);
  }
}
