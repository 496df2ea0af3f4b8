/**
 * What a book that was frozen at the start of each interval says will be liquidated, given the path that the price then took.
 *
 * The fold is the server's own (`evolve`). A forecast of the interval at T knows what happened up to T and the prices after it;
 * not its volume, not its open interest, and no liquidation of any time.
 */
import { type Book, evolve, initialBook } from '../market/book.ts';
import { type BookSide, touchTolerance } from '../market/book-side.ts';
import type { PositionSide } from '../market/event.ts';
import { batchesOf, type EventBatch, kindCodes } from '../market/event-batch.ts';
import { type LeverageLadder, leverageLadder } from '../market/leverage-ladder.ts';
import { marginTierSet, tiersOf } from '../market/margin-tiers.ts';
import { fleetingUsd } from './fleeting.ts';
import type { ForecastParameters } from './parameters.ts';
import type { IntervalPath } from './price-path.ts';
import type { Recording } from './recording.ts';

/** USD of one side of one interval. */
export interface SideForecast {
  /** What the frozen book holds where the price went. */
  readonly swept: number;
  /** What opened and was reached within the interval. */
  readonly fleeting: number;
  readonly total: number;
}

export interface IntervalForecast {
  readonly time: number;
  readonly long: SideForecast;
  readonly short: SideForecast;
}

/** The observations between one interval's start and the next, ready to be folded. */
export interface Segments {
  readonly symbol: string;
  /** One an interval: what is known at its start and was not at the start of the one before. */
  readonly batches: readonly (readonly EventBatch[])[];
}

export function segmentsOf({ symbol, observations, totals }: Recording): Segments {
  let from = 0;
  const batches = totals.map(({ time }) => {
    let to = from;
    while (to < observations.length && observations[to]!.time <= time) to++;
    const segment = batchesOf(observations.slice(from, to));
    from = to;
    return segment;
  });
  return { symbol, batches };
}

/** @param onFrozen is given the book as it is at the start of the interval with that place; it must not change it. */
export function forecast(
  { symbol, batches }: Segments,
  paths: readonly IntervalPath[],
  parameters: ForecastParameters,
  onFrozen?: (book: Book, place: number) => void,
): IntervalForecast[] {
  const book = bookOf(symbol, parameters);
  const { volumeFactor } = parameters.link;
  return paths.map((path, place) => {
    for (const batch of batches[place]!) evolve(book, scaledVolume(batch, volumeFactor));
    onFrozen?.(book, place);
    const ladder = book.ladder!;
    return {
      time: path.time,
      long: sideForecast('long', book, ladder, path, parameters),
      short: sideForecast('short', book, ladder, path, parameters),
    };
  });
}

/** An empty book with these parameters, whether or not they have a version. */
export function bookOf(symbol: string, { ladder, tiers, churn, halfLifeMs }: ForecastParameters): Book {
  const book = initialBook(symbol);
  const unversioned = 0;
  book.model = { tiers, ladder: unversioned, churn, halfLifeMs };
  book.ladder = leverageLadder({ ...ladder, version: unversioned }, tiersOf(marginTierSet(tiers)!, symbol));
  return book;
}

function sideForecast(
  side: PositionSide,
  book: Book,
  ladder: LeverageLadder,
  path: IntervalPath,
  { churn, link }: ForecastParameters,
): SideForecast {
  const swept = sweptUsd(book[side], book.tick, side === 'long' ? path.low : path.high);
  const opensAStep = (link.fleeting * link.volumeFactor * (1 - churn) * path.meanVolume) / 2;
  const fleeting = opensAStep > 0 ? fleetingUsd(side, path, ladder, opensAStep) : 0;
  return { swept, fleeting, total: swept + fleeting + link.backgroundUsd };
}

/** As much of a side as tells what would be swept. */
export type SweptSide = Readonly<Pick<BookSide, 'side' | 'cells' | 'cellCount' | 'edge' | 'scale'>>;

/** USD at their own prices that a price path to `extreme` (USD) would take out of the side; the side stays as it is. */
export function sweptUsd({ side, cells, cellCount, edge, scale }: SweptSide, tick: number, extreme: number): number {
  const isLong = side === 'long';
  const limit = extreme / tick + (isLong ? -touchTolerance : touchTolerance);
  let usd = 0;
  for (
    let cell = edge;
    isLong ? cell >= limit && cell > 0 : cell <= limit && cell < cellCount;
    cell += isLong ? -1 : 1
  ) {
    for (let at = cell; at < cells.length; at += cellCount) usd += cells[at]! * cell;
  }
  return usd * scale * tick;
}

function scaledVolume(batch: EventBatch, factor: number): EventBatch {
  if (factor === 1) return batch;
  const scaled = (column: Float64Array) =>
    column.map((value, row) => (batch.kind[row] === kindCodes.candle ? value * factor : value));
  return { ...batch, e: scaled(batch.e), f: scaled(batch.f) };
}
