/**
 * The book of one symbol: where its open positions would be force-closed, folded from its events.
 *
 * `evolve` is total (any event leaves a valid book), works row by row (so that batching does not matter, bit for bit) and
 * changes the book in place. Per event it touches one cell a rung and the cells that price crosses, never the whole book.
 *
 * One step, with one-sided volume V in contracts, taker-buy share b and churn χ:
 * V_eff = (1 − χ)·V of opens and as much of closes, of which b are longs and 1 − b shorts. A change of open interest opens
 * (or closes) that many contracts on both sides. So opens − closes is the change of open interest on each side, always.
 */

import { addTier, setModel } from './book-model.ts';
import { type BookSide, closeTo, emptySide, grow, markUnseen, place, resum, sweep } from './book-side.ts';
import { type EventBatch, kindCodes } from './event-batch.ts';
import type { LeverageLadder } from './leverage-ladder.ts';
import type { MarginTier } from './margin-tiers.ts';
import { type LevelStep, levelStepFor, maxCells, tickOf } from './price-grid.ts';
import { maxContracts, maxPrice } from './value-bounds.ts';
import type { VenueName } from './venues.ts';

export interface Model {
  readonly tiers: number;
  readonly ladder: number;
  readonly churn: number;
  readonly halfLifeMs: number;
}

export interface Book {
  readonly symbol: string;
  /** Whose positions they are; `undefined` where the source names no venue. */
  readonly venue: VenueName | undefined;
  /** Events folded so far: the stream's version, and a frame's `seq`. */
  version: number;
  /** Exchange time of the newest event in ms; 0 before the first. */
  time: number;
  /** Price that liquidates, in USD: the mark once one was seen, else the last traded. NaN before the first. */
  price: number;
  hasMark: boolean;
  /** One-sided open interest in contracts; NaN while the source has named none. */
  openInterest: number;
  model: Model | null;
  ladder: LeverageLadder | null;
  /** The venue's own, where it told them; else those of the model count. */
  tiers: readonly MarginTier[] | null;
  /** Brackets of a table that has not come whole. */
  arrivingTiers: readonly MarginTier[];
  /** Set by the first price. */
  levelStep: LevelStep | null;
  tick: number;
  readonly long: BookSide;
  readonly short: BookSide;
  /** Contracts a side opened beyond the volume seen; later opens and closes of that side cancel against it. */
  longCredit: number;
  shortCredit: number;
  /** Highest id folded, by kind code; NaN where none was. */
  readonly lastIds: Float64Array;
  /** Exchange time of the first event in ms. */
  firstTime: number;
  candles: number;
  candlesWithoutTakerSide: number;
  gaps: number;
  /** Contracts reported as liquidated by the source. */
  liquidatedLong: number;
  liquidatedShort: number;
}

/** Steps between two summations of the whole side. */
const resumEverySteps = 65_536;
const cellsPerPrice = 2.2;
/** Room for more than is needed, so that a rising price rarely has to make more; cells in which nothing stands cost no memory. */
const growth = 1.25;

export function initialBook(symbol: string, venue?: VenueName): Book {
  return {
    symbol,
    venue,
    version: 0,
    time: 0,
    price: Number.NaN,
    hasMark: false,
    openInterest: Number.NaN,
    model: null,
    ladder: null,
    tiers: null,
    arrivingTiers: [],
    levelStep: null,
    tick: Number.NaN,
    long: emptySide('long', 0),
    short: emptySide('short', 0),
    longCredit: 0,
    shortCredit: 0,
    lastIds: new Float64Array(16).fill(Number.NaN),
    firstTime: 0,
    candles: 0,
    candlesWithoutTakerSide: 0,
    gaps: 0,
    liquidatedLong: 0,
    liquidatedShort: 0,
  };
}

export function evolve(book: Book, batch: EventBatch): void {
  evolveRows(book, batch, 0, batch.count);
}

/** Rows `from` (inclusive) to `to` (exclusive), all of the book's venue. */
export function evolveRows(book: Book, batch: EventBatch, from: number, to: number): void {
  const { kind, side, time, id, a, b, c, d, e, f } = batch;
  for (let i = from; i < to; i++) {
    const code = kind[i]!;
    if (book.version++ === 0) book.firstTime = time[i]!;
    advanceTime(book, time[i]!);
    book.lastIds[code & 15] = id[i]!;
    switch (code) {
      case kindCodes.trade:
        movePrice(book, a[i]!, a[i]!, a[i]!, false);
        trade(book, b[i]!, side[i]! & 1);
        break;
      case kindCodes.candle:
        movePrice(book, c[i]!, b[i]!, d[i]!, false);
        candle(book, e[i]!, f[i]!);
        break;
      case kindCodes.mark_price:
        movePrice(book, a[i]!, a[i]!, a[i]!, true);
        break;
      case kindCodes.open_interest:
        setOpenInterest(book, a[i]!);
        break;
      case kindCodes.liquidation:
        if (isContracts(b[i]!)) {
          if ((side[i]! & 1) === 1) book.liquidatedLong += b[i]!;
          else book.liquidatedShort += b[i]!;
        }
        break;
      case kindCodes.gap_detected:
        book.gaps++;
        break;
      case kindCodes.model_set:
        if (setModel(book, { tiers: a[i]!, ladder: b[i]!, churn: c[i]!, halfLifeMs: d[i]! })) placeUnseen(book);
        break;
      case kindCodes.margin_tier:
        addTier(book, a[i]!, b[i]!, c[i]!, d[i]!, e[i]!, f[i]!);
        break;
      default:
    }
    if (book.version % resumEverySteps === 0) {
      resum(book.long);
      resum(book.short);
    }
  }
}

/** Without open interest positions are closed by turnover: half of what stands is gone after the half-life. */
function advanceTime(book: Book, time: number): void {
  const elapsed = time - book.time;
  if (!(elapsed > 0)) return;
  if (book.time > 0 && Number.isNaN(book.openInterest) && book.model !== null) {
    const kept = Math.exp((-Math.LN2 * elapsed) / book.model.halfLifeMs);
    closeTo(book.long, book.long.total * kept);
    closeTo(book.short, book.short.total * kept);
  }
  book.time = time;
}

/** Sweeps the path from `low` to `high` and leaves the price at `price`. Trades do not liquidate once a mark price is there. */
function movePrice(book: Book, low: number, high: number, price: number, isMark: boolean): void {
  if (!(isPrice(low) && isPrice(high) && isPrice(price))) return;
  if (book.hasMark && !isMark) return;
  const isFirst = Number.isNaN(book.price);
  book.hasMark = isMark;
  book.price = price;
  makeRoom(book, high);
  const longs = sweep(book.long, low / book.tick);
  const shorts = sweep(book.short, high / book.tick);
  if (longs > 0 || shorts > 0) takeOver(book, longs, shorts);
  if (isFirst) placeUnseen(book);
}

/**
 * Where open interest is known, who took over a liquidated position opened one: the swept contracts stand again, at the price of
 * now. The trades that did it are part of the volume still to come, which is why they are credited.
 */
function takeOver(book: Book, longs: number, shorts: number): void {
  if (Number.isNaN(book.openInterest)) return;
  open(book, longs, shorts);
  book.longCredit = Math.min(book.longCredit + longs, book.openInterest);
  book.shortCredit = Math.min(book.shortCredit + shorts, book.openInterest);
}

function trade(book: Book, quantity: number, isTakerBuy: number): void {
  if (!isContracts(quantity) || book.model === null) return;
  const effective = (1 - book.model.churn) * quantity;
  if (isTakerBuy === 1) turnOver(book, effective, 0);
  else turnOver(book, 0, effective);
}

function candle(book: Book, volume: number, takerBuyVolume: number): void {
  if (!isContracts(volume) || book.model === null) return;
  book.candles++;
  const isMeasured = takerBuyVolume >= 0 && takerBuyVolume <= volume;
  if (!isMeasured) book.candlesWithoutTakerSide++;
  const effective = (1 - book.model.churn) * volume;
  const longs = effective * (isMeasured ? takerBuyVolume / volume : 0.5);
  turnOver(book, longs, effective - longs);
}

/** Opens these contracts and, where open interest is known, closes as many of the same side. */
function turnOver(book: Book, longs: number, shorts: number): void {
  if (Number.isNaN(book.openInterest)) {
    open(book, longs, shorts);
    return;
  }
  const longCancelled = Math.min(longs, book.longCredit);
  const shortCancelled = Math.min(shorts, book.shortCredit);
  book.longCredit -= longCancelled;
  book.shortCredit -= shortCancelled;
  open(book, longs - longCancelled, shorts - shortCancelled);
  closeTo(book.long, book.openInterest);
  closeTo(book.short, book.openInterest);
}

/**
 * A rise opens, a fall closes, on both sides. The volume that made the change was folded as opening and closing alike;
 * crediting half the change a side keeps opens + closes equal to twice that volume.
 */
function setOpenInterest(book: Book, contracts: number): void {
  if (!(contracts >= 0 && contracts <= maxContracts)) return;
  if (Number.isNaN(book.openInterest) || book.ladder === null || Number.isNaN(book.price)) {
    book.openInterest = contracts;
    placeUnseen(book);
    return;
  }
  const change = contracts - book.openInterest;
  book.openInterest = contracts;
  if (change > 0) open(book, contracts - book.long.total, contracts - book.short.total);
  closeTo(book.long, contracts);
  closeTo(book.short, contracts);
  book.longCredit = Math.min(book.longCredit + Math.abs(change) / 2, contracts);
  book.shortCredit = Math.min(book.shortCredit + Math.abs(change) / 2, contracts);
}

/** Cold start: what is open and was not seen opening stands at the price of now; the book remembers how much that is. */
function placeUnseen(book: Book): void {
  const { ladder, long, short, openInterest } = book;
  if (Number.isNaN(openInterest) || ladder === null || Number.isNaN(book.price)) return;
  const price = priceInCells(book);
  const longs = openInterest - long.total;
  const shorts = openInterest - short.total;
  open(book, longs, shorts);
  if (longs > 0) markUnseen(long, price, longs, ladder);
  if (shorts > 0) markUnseen(short, price, shorts, ladder);
  closeTo(long, openInterest);
  closeTo(short, openInterest);
}

function open(book: Book, longs: number, shorts: number): void {
  const { ladder } = book;
  if (ladder === null || Number.isNaN(book.price)) return;
  const price = priceInCells(book);
  if (longs > 0) place(book.long, price, longs, ladder);
  if (shorts > 0) place(book.short, price, shorts, ladder);
}

/** Fixes the grid at the first price and adds cells as the price rises; beyond the largest grid the last cell takes all. */
function makeRoom(book: Book, high: number): void {
  if (book.levelStep === null) {
    book.levelStep = levelStepFor(book.price);
    book.tick = tickOf(book.levelStep);
  }
  const needed = Math.min(Math.ceil((high / book.tick) * cellsPerPrice) + 1, maxCells);
  if (needed > book.long.cellCount) {
    const cellCount = Math.min(Math.ceil(needed * growth), maxCells);
    grow(book.long, cellCount);
    grow(book.short, cellCount);
  }
}

function priceInCells(book: Book): number {
  return Math.min(book.price / book.tick, maxCells);
}

function isPrice(price: number): boolean {
  return price > 0 && price <= maxPrice;
}

function isContracts(contracts: number): boolean {
  return contracts > 0 && contracts <= maxContracts;
}
