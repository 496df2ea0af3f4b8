/** The grid's image below the candles, on the chart's own scales: a series primitive of the charting library. */
import type {
  IChartApi,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  SeriesAttachedParameter,
  Time,
} from '../vendor/lightweight-charts.mjs';
import type { HeatGrid } from './heat-grid.ts';

/** What of the price axis is seen. */
export interface PriceView {
  readonly top: number;
  readonly bottom: number;
  readonly heightCss: number;
}

type Target = Parameters<IPrimitivePaneRenderer['draw']>[0];

export class HeatLayer implements ISeriesPrimitive<Time> {
  grid: HeatGrid | null = null;
  /** Logical index on the time scale of column number 0. */
  anchor = 0;
  readonly #painted: (view: PriceView) => void;
  readonly #views: readonly IPrimitivePaneView[];
  #chart: IChartApi | null = null;
  #series: ISeriesApi<'Candlestick'> | null = null;
  readonly #squeezed = document.createElement('canvas').getContext('2d')!;
  #requestUpdate: (() => void) | undefined;

  /** @param painted told in the same frame, for what is drawn beside the chart on the same price axis. */
  constructor(painted: (view: PriceView) => void) {
    this.#painted = painted;
    const renderer: IPrimitivePaneRenderer = { draw: (target) => this.#draw(target) };
    this.#views = [{ zOrder: () => 'bottom', renderer: () => renderer }];
  }

  attached({ chart, series, requestUpdate }: SeriesAttachedParameter<Time>): void {
    this.#chart = chart as IChartApi;
    this.#series = series as ISeriesApi<'Candlestick'>;
    this.#requestUpdate = requestUpdate;
  }

  detached(): void {
    this.#requestUpdate = undefined;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.#views;
  }

  redraw(): void {
    this.#requestUpdate?.();
  }

  /** Columns that are narrower than pixels are averaged in here first. */
  #squeeze(width: number, height: number): CanvasRenderingContext2D {
    const { canvas } = this.#squeezed;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    this.#squeezed.clearRect(0, 0, width, height);
    this.#squeezed.imageSmoothingEnabled = true;
    return this.#squeezed;
  }

  #draw(target: Target): void {
    target.useBitmapCoordinateSpace(({ context, bitmapSize, horizontalPixelRatio, verticalPixelRatio }) => {
      const { grid } = this;
      const scale = this.#chart?.timeScale();
      if (grid === null || grid.newest < 0 || scale === undefined) return;
      const { oldest, newest, columnRoom, levelRoom } = grid;
      // Both scales are straight: two points fix each. Coordinates name pixels, whose middle is half a pixel on.
      const x0 = scale.logicalToCoordinate((oldest + this.anchor) as never);
      const yBottom = this.#series!.priceToCoordinate(grid.bottom);
      const yTop = this.#series!.priceToCoordinate(grid.top);
      if (x0 === null || yBottom === null || yTop === null) return;
      const width = scale.options().barSpacing;
      const leftOf = (number: number) => (x0 + 0.5 + (number - oldest - 0.5) * width) * horizontalPixelRatio;
      const top = (yTop + 0.5) * verticalPixelRatio;
      const height = (yBottom + 0.5) * verticalPixelRatio - top;
      const visible = bitmapSize.width / horizontalPixelRatio;
      const first = Math.max(oldest, Math.floor(oldest - (x0 + 0.5) / width));
      const last = Math.min(newest, Math.ceil(oldest + (visible - x0 - 0.5) / width) + 1);
      const cellWidth = width * horizontalPixelRatio;
      const each = (draw: (slot: number, run: number, left: number) => void) => {
        for (let number = first; number <= last; ) {
          const slot = number % columnRoom;
          const run = Math.min(last + 1 - number, columnRoom - slot);
          draw(slot, run, leftOf(number));
          number += run;
        }
      };
      // Cells are sharp when they are larger than pixels, and averaged when they are smaller: for each direction by itself.
      context.imageSmoothingEnabled = height / levelRoom < 1;
      if (cellWidth >= 1) {
        each((slot, run, left) =>
          context.drawImage(grid.image, slot, 0, run, levelRoom, left, top, run * cellWidth, height),
        );
      } else {
        const squeezed = this.#squeeze(bitmapSize.width, levelRoom);
        each((slot, run, left) =>
          squeezed.drawImage(grid.image, slot, 0, run, levelRoom, left, 0, run * cellWidth, levelRoom),
        );
        context.drawImage(squeezed.canvas, 0, top, bitmapSize.width, height);
      }
      const usdPerPixel = (grid.bottom - grid.top) / (yBottom - yTop);
      const priceAt = (yCss: number) => grid.top + (yCss - 0.5 - yTop) * usdPerPixel;
      const heightCss = bitmapSize.height / verticalPixelRatio;
      this.#painted({ top: priceAt(0), bottom: priceAt(heightCss), heightCss });
    });
  }
}
