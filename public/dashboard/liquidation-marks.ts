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
/** Radii are steps of this many pixels, so that few kinds of circles are drawn. */
const radiusStep = 0.5;
/** Pixels around a circle that count as on it. */
const reach = 3;

export const markColours = {
  dark: { long: '#ff5a70', short: '#25d99a', rim: '#131722' },
  light: { long: '#b3152a', short: '#04704a', rim: '#ffffff' },
} as const;

type Target = Parameters<IPrimitivePaneRenderer['draw']>[0];

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
  readonly #stamps = new Map<string, HTMLCanvasElement>();
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
      radius: radiusOf(liquidation.usd),
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

  /** The smallest circle at a point of the pane, in CSS pixels; of equals the one whose middle is nearest. */
  under(x: number, y: number): Liquidation | null {
    const distance = (at: Placed) => Math.hypot(at.x - x, at.y - y);
    const there = this.#placed().filter((at) => distance(at) <= at.mark.radius + reach);
    there.sort((a, b) => a.mark.radius - b.mark.radius || distance(a) - distance(b));
    return there[0]?.mark.liquidation ?? null;
  }

  /** Those in sight. */
  #placed(): Placed[] {
    const scale = this.#chart?.timeScale();
    const x0 = scale?.logicalToCoordinate(0 as never) ?? null;
    if (!this.#isShown || scale === undefined || x0 === null) return [];
    const spacing = scale.options().barSpacing;
    // The price scale is straight: two points fix it.
    const range = this.#series!.priceScale().getVisibleRange();
    const [yFrom, yTo] = range === null ? [null, null] : [range.from, range.to].map((price) => this.#yOf(price));
    if (range === null || yFrom == null || yTo == null) return [];
    const perUsd = (yTo - yFrom) / (range.to - range.from);
    const width = scale.width();
    const placed: Placed[] = [];
    for (const mark of this.#marks) {
      const place = this.#placeOf(mark.time);
      if (place === null) continue;
      // Coordinates name pixels, whose middle is half a pixel on.
      const x = x0 + 0.5 + place * spacing;
      if (x < -mark.radius || x > width + mark.radius) continue;
      placed.push({ mark, x, y: yFrom + (mark.liquidation.price - range.from) * perUsd });
    }
    return placed;
  }

  #yOf(price: number): number | null {
    const y = this.#series!.priceToCoordinate(price);
    return y === null ? null : y + 0.5;
  }

  #draw(target: Target): void {
    const placed = this.#placed();
    if (placed.length === 0) return;
    target.useBitmapCoordinateSpace(({ context, horizontalPixelRatio, verticalPixelRatio }) => {
      for (const { mark, x, y } of placed) {
        const stamp = this.#stampOf(mark);
        const half = stamp.width / 2;
        // On whole pixels it stays sharp.
        const [left, top] = [x * horizontalPixelRatio - half, y * verticalPixelRatio - half].map(Math.round);
        context.drawImage(stamp, left!, top!);
      }
    });
  }

  /** Circles are drawn once for each kind and size: a path with many that overlap takes a software canvas hundreds of ms. */
  #stampOf({ liquidation: { side, completeness }, radius: size }: Mark): HTMLCanvasElement {
    const isHollow = completeness === 'sampled';
    const key = `${side} ${isHollow} ${size} ${devicePixelRatio} ${this.#colours.rim}`;
    let stamp = this.#stamps.get(key);
    if (stamp === undefined) {
      stamp = stampOf(size, this.#colours[side], this.#colours.rim, isHollow);
      this.#stamps.set(key, stamp);
    }
    return stamp;
  }
}

/** @param size its radius, in CSS pixels. */
function stampOf(size: number, colour: string, rim: string, isHollow: boolean): HTMLCanvasElement {
  const stamp = document.createElement('canvas');
  const half = size + 3;
  stamp.width = Math.ceil(2 * half * devicePixelRatio);
  stamp.height = stamp.width;
  const context = stamp.getContext('2d')!;
  context.scale(devicePixelRatio, devicePixelRatio);
  context.arc(stamp.width / devicePixelRatio / 2, stamp.width / devicePixelRatio / 2, size, 0, 2 * Math.PI);
  context.strokeStyle = rim;
  context.lineWidth = isHollow ? 4 : 1.5;
  context.stroke();
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = 2;
  if (isHollow) context.stroke();
  else context.fill();
  return stamp;
}

/** The area is that of the USD. */
function radiusOf(usd: number): number {
  const exact = Math.min(Math.max(radius.ofMillion * Math.sqrt(usd / 1e6), radius.least), radius.most);
  return Math.round(exact / radiusStep) * radiusStep;
}

/** For the hover card. */
export function wordsOf({ side, usd, price, venue, completeness }: Liquidation): string {
  const amount = `${Math.round(usd).toLocaleString('en-US')} USD at ${price.toLocaleString('en-US')}`;
  const source = completeness === 'sampled' ? 'of a sample' : completeness;
  return `${side} liquidated: ${amount} (${venue === undefined ? '' : `${venue}, `}${source})`;
}
