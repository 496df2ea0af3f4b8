/**
 * Densities by time and price, and the same as an image of one pixel a cell. Columns lie in a ring, so that one more costs one column.
 * A column has a number that never changes; the newest `columnRoom` are kept.
 */
import type { Level } from '../js/websocket-client.mjs';
import { type Palette, rampExponent, rampPlace } from './palettes.ts';

const lookupSize = 4096;

export interface Strengths {
  readonly middle: number;
  /** Only one cell in two hundred exceeds it: so only the strongest few bands have the last colour. */
  readonly most: number;
}

export class HeatGrid {
  readonly columnRoom: number;
  readonly levelRoom: number;
  readonly binSize: number;
  /** Bin number of the lowest row. */
  readonly firstBin: number;
  readonly image: HTMLCanvasElement;
  /** Number of the newest column; -1: there is none. */
  newest = -1;
  /** Density that has the last colour, USD. */
  max = 1;
  readonly #long: Float64Array;
  readonly #short: Float64Array;
  readonly #context: CanvasRenderingContext2D;
  readonly #strip: ImageData;
  readonly #stripPixels: Uint32Array;
  readonly #colours = new Uint32Array(lookupSize);
  #palette: Palette;
  /** Shares of `max` below it are not shown. */
  #threshold = 0;

  constructor(columnRoom: number, lowest: number, highest: number, binSize: number, palette: Palette) {
    this.columnRoom = columnRoom;
    this.binSize = binSize;
    this.firstBin = Math.floor(lowest / binSize);
    this.levelRoom = Math.ceil(highest / binSize) - this.firstBin + 1;
    this.#palette = palette;
    this.#long = new Float64Array(columnRoom * this.levelRoom);
    this.#short = new Float64Array(columnRoom * this.levelRoom);
    this.image = document.createElement('canvas');
    this.image.width = columnRoom;
    this.image.height = this.levelRoom;
    this.#context = this.image.getContext('2d')!;
    this.#strip = new ImageData(1, this.levelRoom);
    this.#stripPixels = new Uint32Array(this.#strip.data.buffer);
  }

  get oldest(): number {
    return Math.max(this.newest - this.columnRoom + 1, 0);
  }

  /** USD of the lower edge of the lowest row: a level's price is the middle of its row. */
  get bottom(): number {
    return (this.firstBin - 0.5) * this.binSize;
  }

  get top(): number {
    return (this.firstBin + this.levelRoom - 0.5) * this.binSize;
  }

  /** Sets or replaces a column that is not older than the ring. */
  set(number: number, levels: readonly Level[]): void {
    if (number <= this.newest - this.columnRoom) return;
    if (number > this.newest) this.newest = number;
    const start = (number % this.columnRoom) * this.levelRoom;
    this.#long.fill(0, start, start + this.levelRoom);
    this.#short.fill(0, start, start + this.levelRoom);
    for (const { price, long_density, short_density } of levels) {
      const row = Math.round(price / this.binSize) - this.firstBin;
      if (row < 0 || row >= this.levelRoom) continue;
      this.#long[start + row] = long_density;
      this.#short[start + row] = short_density;
    }
  }

  /** Draws one column anew. */
  paint(number: number): void {
    const start = (number % this.columnRoom) * this.levelRoom;
    for (let row = 0; row < this.levelRoom; row++) {
      this.#stripPixels[this.levelRoom - 1 - row] = this.#colourOf(start + row);
    }
    this.#context.putImageData(this.#strip, number % this.columnRoom, 0);
  }

  /** Another palette, threshold or maximum. */
  recolour(palette: Palette, threshold: number, { middle, most }: Strengths): void {
    this.#palette = palette;
    this.#threshold = threshold;
    this.max = Math.max(most, 1);
    const exponent = rampExponent(middle, this.max);
    for (let i = 0; i < lookupSize; i++) {
      const share = i / (lookupSize - 1);
      this.#colours[i] = this.#palette[share < threshold ? 0 : Math.round(255 * rampPlace(share, exponent))]!;
    }
    const image = new ImageData(this.columnRoom, this.levelRoom);
    const pixels = new Uint32Array(image.data.buffer);
    for (let column = 0; column < this.columnRoom; column++) {
      for (let row = 0; row < this.levelRoom; row++) {
        pixels[(this.levelRoom - 1 - row) * this.columnRoom + column] = this.#colourOf(column * this.levelRoom + row);
      }
    }
    this.#context.putImageData(image, 0, 0);
  }

  get threshold(): number {
    return this.#threshold;
  }

  /** Of the cells between two prices. */
  strengths(low: number, high: number): Strengths {
    const sample: number[] = [];
    const from = Math.max(Math.round(low / this.binSize) - this.firstBin, 0);
    const to = Math.min(Math.round(high / this.binSize) - this.firstBin, this.levelRoom - 1);
    const columnStride = Math.max(Math.floor(this.columnRoom / 400), 1);
    for (let column = 0; column < this.columnRoom; column += columnStride) {
      for (let row = from; row <= to; row++) {
        const cell = column * this.levelRoom + row;
        const usd = this.#long[cell]! + this.#short[cell]!;
        if (usd > 0) sample.push(usd);
      }
    }
    sample.sort((a, b) => a - b);
    const at = (share: number) => sample[Math.floor(sample.length * share)] ?? 1;
    return { middle: at(0.5), most: at(0.995) };
  }

  /** What is known of a cell; null: outside. */
  at(number: number, price: number): { price: number; long: number; short: number } | null {
    const row = Math.round(price / this.binSize) - this.firstBin;
    if (row < 0 || row >= this.levelRoom || number > this.newest || number < this.oldest) return null;
    const cell = (number % this.columnRoom) * this.levelRoom + row;
    return { price: (row + this.firstBin) * this.binSize, long: this.#long[cell]!, short: this.#short[cell]! };
  }

  #colourOf(cell: number): number {
    const share = (this.#long[cell]! + this.#short[cell]!) / this.max;
    return this.#colours[Math.min(Math.floor(share * (lookupSize - 1)), lookupSize - 1)]!;
  }
}
