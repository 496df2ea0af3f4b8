/**
 * Liquidations that were seen, as circles at their time and price on top of the candles, in the chart's own pass: the area says how many
 * USD, the colour which side, and a hollow one is of a venue that tells only a sample.
 */
import type { Liquidation } from '../js/websocket-client.mjs';
import type {
  IChartApi,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  SeriesAttachedParameter,
  Time,
} from '../vendor/lightweight-charts.mjs';

/** The newest are kept. */
const mostMarks = 2000;
/** Pixels of a circle of a million USD; a circle has at least and at most so many, whatever its USD. */
const radius = { ofMillion: 14, least: 1.5, most: 28 } as const;
/** Pixels around a circle that count as on it. */
const reach = 3;

export const markColours = {
  dark: { long: '#ff5a70', short: '#25d99a', rim: '#131722' },
  light: { long: '#b3152a', short: '#04704a', rim: '#ffffff' },
} as const;

type Target = Parameters<IPrimitivePaneRenderer['draw']>[0];
const styles = (['long', 'short'] as const).flatMap((side) => [true, false].map((isHollow) => ({ side, isHollow })));

interface Mark {
  readonly liquidation: Liquidation;
  /** ms since 1970. */
  readonly time: number;
  readonly radius: number;
}

interface Placed {
  readonly mark: Mark;
  /** CSS pixels. */
  readonly x: number;
  readonly y: number;
}

export class LiquidationMarks implements ISeriesPrimitive<Time> {
  readonly #placeOf: (time: number) => number | null;
  readonly #views: readonly IPrimitivePaneView[];
  /** By time. */
  #marks: Mark[] = [];
  #isShown = true;
  #colours: (typeof markColours)[keyof typeof markColours] = markColours.dark;
  #chart: IChartApi | null = null;
  #series: ISeriesApi<'Candlestick'> | null = null;
  #requestUpdate: (() => void) | undefined;

  /** @param placeOf moment in ms to its place on the time scale, in columns; null: there is none. */
  constructor(placeOf: (time: number) => number | null) {
    this.#placeOf = placeOf;
    const renderer: IPrimitivePaneRenderer = { draw: (target) => this.#draw(target) };
    this.#views = [{ zOrder: () => 'top', renderer: () => renderer }];
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

  get count(): number {
    return this.#marks.length;
  }

  add(liquidations: readonly Liquidation[]): void {
    const added = liquidations.map((liquidation) => ({
      liquidation,
      time: Date.parse(liquidation.time),
      radius: Math.min(Math.max(radius.ofMillion * Math.sqrt(liquidation.usd / 1e6), radius.least), radius.most),
    }));
    this.#marks = [...this.#marks, ...added].sort((a, b) => a.time - b.time).slice(-mostMarks);
    this.#requestUpdate?.();
  }

  clear(): void {
    this.#marks = [];
    this.#requestUpdate?.();
  }

  show(isShown: boolean): void {
    this.#isShown = isShown;
    this.#requestUpdate?.();
  }

  theme(name: keyof typeof markColours): void {
    this.#colours = markColours[name];
    this.#requestUpdate?.();
  }

  /** The smallest circle at a point of the pane, in CSS pixels. */
  under(x: number, y: number): Liquidation | null {
    const there = this.#placed().filter((at) => Math.hypot(at.x - x, at.y - y) <= at.mark.radius + reach);
    return there.sort((a, b) => a.mark.radius - b.mark.radius)[0]?.mark.liquidation ?? null;
  }

  /** Those in sight. */
  #placed(): Placed[] {
    const scale = this.#chart?.timeScale();
    const x0 = scale?.logicalToCoordinate(0 as never) ?? null;
    if (!this.#isShown || scale === undefined || x0 === null) return [];
    const spacing = scale.options().barSpacing;
    const width = scale.width();
    const placed: Placed[] = [];
    for (const mark of this.#marks) {
      const place = this.#placeOf(mark.time);
      if (place === null) continue;
      // Coordinates name pixels, whose middle is half a pixel on.
      const x = x0 + 0.5 + place * spacing;
      if (x < -mark.radius || x > width + mark.radius) continue;
      const y = this.#series!.priceToCoordinate(mark.liquidation.price);
      if (y !== null) placed.push({ mark, x, y: y + 0.5 });
    }
    return placed;
  }

  #draw(target: Target): void {
    const placed = this.#placed();
    if (placed.length === 0) return;
    target.useMediaCoordinateSpace(({ context }) => {
      for (const { side, isHollow } of styles) {
        const path = new Path2D();
        for (const { mark, x, y } of placed) {
          const { liquidation } = mark;
          if (liquidation.side !== side || (liquidation.completeness === 'sampled') !== isHollow) continue;
          path.moveTo(x + mark.radius, y);
          path.arc(x, y, mark.radius, 0, 2 * Math.PI);
        }
        context.strokeStyle = this.#colours.rim;
        context.lineWidth = isHollow ? 3 : 1.5;
        context.stroke(path);
        if (isHollow) {
          context.strokeStyle = this.#colours[side];
          context.lineWidth = 1.5;
          context.stroke(path);
        } else {
          context.fillStyle = this.#colours[side];
          context.fill(path);
        }
      }
    });
  }
}

/** For the hover card. */
export function wordsOf({ side, usd, price, venue, completeness }: Liquidation): string {
  const amount = `${Math.round(usd).toLocaleString('en-US')} USD at ${price.toLocaleString('en-US')}`;
  const source = completeness === 'sampled' ? 'of a sample' : completeness;
  return `${side} liquidated: ${amount} (${venue === undefined ? '' : `${venue}, `}${source})`;
}
