/** The chart: the heat below, candles on top, map and brush beside, all on the same scales. It knows columns, and nothing of servers. */
import {
  CandlestickSeries,
  CrosshairMode,
  createChart,
  type IChartApi,
  type ISeriesApi,
  type MouseEventParams,
  type UTCTimestamp,
} from '../vendor/lightweight-charts.mjs';
import { Brush } from './brush.ts';
import { HeatGrid, type Strengths } from './heat-grid.ts';
import { HeatLayer } from './heat-layer.ts';
import { LiquidationMap } from './liquidation-map.ts';
import { LiquidationMarks } from './liquidation-marks.ts';
import { palette } from './palettes.ts';
import { binned, type Column } from './time-series.ts';

const themes = {
  dark: { ground: '#131722', text: '#b9c0cf', line: 'rgba(255, 255, 255, 0.06)' },
  light: { ground: '#ffffff', text: '#3a4254', line: 'rgba(0, 0, 0, 0.08)' },
} as const;
export type Theme = keyof typeof themes;

/** Columns that may be added before everything is loaded anew. */
const headroom = 512;
/** Share of the price, above and below all that was seen, for where it may go. */
const priceRoom = 0.03;

export interface Elements {
  readonly chart: HTMLElement;
  readonly map: HTMLCanvasElement;
  readonly brush: HTMLCanvasElement;
}

export class ChartView {
  readonly map: LiquidationMap;
  readonly marks: LiquidationMarks;
  readonly chart: IChartApi;
  readonly candles: ISeriesApi<'Candlestick'>;
  readonly #layer: HeatLayer;
  readonly #brush: Brush;
  #columns: Column[] = [];
  #intervalMs = 60_000;
  #palette = 'heat';
  #threshold = 0;

  constructor({ chart, map, brush }: Elements) {
    this.map = new LiquidationMap(map);
    this.chart = createChart(chart, {
      autoSize: true,
      // The logo would bring inline styles; the page names its authors in the footer.
      layout: { attributionLogo: false },
      crosshair: { mode: CrosshairMode.Normal },
      timeScale: { timeVisible: true, minBarSpacing: 0.1, rightOffset: 0 },
      rightPriceScale: { autoScale: false, scaleMargins: { top: 0, bottom: 0 }, minimumWidth: 70 },
    });
    this.candles = this.chart.addSeries(CandlestickSeries, {
      upColor: '#0ecb81',
      downColor: '#f6465d',
      wickUpColor: '#0ecb81',
      wickDownColor: '#f6465d',
      borderVisible: false,
    });
    this.#layer = new HeatLayer((view) => this.map.follow(view));
    this.candles.attachPrimitive(this.#layer);
    this.marks = new LiquidationMarks((time) => this.#placeOf(time));
    this.candles.attachPrimitive(this.marks);
    this.#brush = new Brush(brush, this.chart, this.#layer);
    this.theme('dark');
    chart.addEventListener('keydown', (event) => this.#key(event));
  }

  get grid(): HeatGrid | null {
    return this.#layer.grid;
  }

  get columns(): readonly Column[] {
    return this.#columns;
  }

  /** Whether so many columns were added that all should be loaded anew. */
  get isFull(): boolean {
    return this.grid !== null && this.grid.newest + 1 >= this.grid.columnRoom;
  }

  theme(name: Theme): void {
    const { ground, text, line } = themes[name];
    this.marks.theme(name);
    this.chart.applyOptions({
      layout: { background: { color: ground }, textColor: text },
      grid: { vertLines: { color: line }, horzLines: { color: line } },
    });
  }

  /** Everything anew. */
  show(columns: readonly Column[], binSize: number, intervalMs: number): void {
    this.#columns = [...columns];
    this.#intervalMs = intervalMs;
    const prices = columns.flatMap(({ levels }) => [levels[0]?.price, levels.at(-1)?.price]);
    const known = prices.filter((price) => price !== undefined);
    const [lowest, highest] = [Math.min(...known), Math.max(...known)];
    if (!Number.isFinite(lowest)) {
      this.#layer.grid = null;
      this.candles.setData([]);
      return;
    }
    const room = (highest - lowest) * priceRoom;
    const bottom = Math.max(lowest - room, 0);
    const grid = new HeatGrid(columns.length + headroom, bottom, highest + room, binSize, palette(this.#palette));
    for (const [number, { levels }] of columns.entries()) grid.set(number, binned(levels, binSize));
    this.#layer.grid = grid;
    grid.recolour(palette(this.#palette), this.#threshold, this.#strengths(grid));
    this.candles.setData(columns.map((column) => this.#candleOf(column)));
    this.fit();
    this.#brush.changed();
  }

  /** Replaces the column of this end, or adds it as the newest. */
  put(column: Column, levels = column.levels): void {
    const { grid } = this;
    if (grid === null) return;
    const at = this.#columns.findLastIndex(({ time }) => time === column.time);
    const newest = this.#columns.at(-1);
    if (at === -1 && newest !== undefined && column.time < newest.time) return;
    const number = at === -1 ? this.#columns.push(column) - 1 : at;
    this.#columns[number] = column;
    grid.set(number, binned(levels, grid.binSize));
    grid.paint(number);
    if (number === this.#columns.length - 1) this.candles.update(this.#candleOf(column));
    else this.candles.setData(this.#columns.map((each) => this.#candleOf(each)));
    this.map.movePrice(this.#columns.at(-1)!.close);
    this.#brush.changed();
  }

  recolour(name: string, threshold: number): void {
    this.#palette = name;
    this.#threshold = threshold;
    const { grid } = this;
    if (grid === null) return;
    grid.recolour(palette(name), threshold, this.#strengths(grid));
    this.#layer.redraw();
    this.#brush.changed();
  }

  /** All columns, and as much of the price as moved within them and a little beside. */
  fit(): void {
    const { grid } = this;
    if (grid === null) return;
    this.candles.priceScale().setVisibleRange(this.#nearPrice());
    this.chart.timeScale().setVisibleLogicalRange({ from: -0.5, to: grid.newest + 0.5 });
  }

  /** The column and cell under the pointer. */
  under({ point, paneIndex }: MouseEventParams): { column: Column; cell: ReturnType<HeatGrid['at']> } | null {
    if (point === undefined || (paneIndex ?? 0) !== 0) return null;
    const number = this.chart.timeScale().coordinateToLogical(point.x);
    const price = this.candles.coordinateToPrice(point.y);
    const column = number === null ? undefined : this.#columns[number];
    if (number === null || price === null || column === undefined) return null;
    return { column, cell: this.grid?.at(number, price) ?? null };
  }

  /** Of a moment among the columns, the middle of the first being 0. Intervals without a picture have no column. */
  #placeOf(time: number): number | null {
    const columns = this.#columns;
    let [low, high] = [0, columns.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (columns[middle]!.time < time) low = middle + 1;
      else high = middle;
    }
    const column = columns[low];
    if (column === undefined || time <= column.time - this.#intervalMs) return null;
    return low + 0.5 - (column.time - time) / this.#intervalMs;
  }

  /** Where the price was, and a little beside. */
  #nearPrice(): { from: number; to: number } {
    const low = Math.min(...this.#columns.map((column) => column.low));
    const high = Math.max(...this.#columns.map((column) => column.high));
    const room = Math.max((high - low) * 0.6, high * 0.015);
    return { from: low - room, to: high + room };
  }

  /** Where one looks: what lies far away would leave nothing but dark here. */
  #strengths(grid: HeatGrid): Strengths {
    const { from, to } = this.#nearPrice();
    return grid.strengths(from, to);
  }

  #candleOf({ time, open, high, low, close }: Column) {
    return { time: ((time - this.#intervalMs) / 1000) as UTCTimestamp, open, high, low, close };
  }

  #key(event: KeyboardEvent): void {
    const scale = this.chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    const prices = this.candles.priceScale().getVisibleRange();
    if (range === null || prices === null) return;
    const span = range.to - range.from;
    const height = prices.to - prices.from;
    const time = (from: number, to: number) => scale.setVisibleLogicalRange({ from, to });
    const price = (by: number) =>
      this.candles.priceScale().setVisibleRange({ from: prices.from + by, to: prices.to + by });
    const keys: Record<string, () => void> = {
      ArrowLeft: () => time(range.from - span / 10, range.to - span / 10),
      ArrowRight: () => time(range.from + span / 10, range.to + span / 10),
      ArrowUp: () => price(height / 10),
      ArrowDown: () => price(-height / 10),
      '+': () => time(range.from + span / 8, range.to - span / 8),
      '-': () => time(range.from - span / 8, range.to + span / 8),
      Home: () => this.fit(),
    };
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  }
}
