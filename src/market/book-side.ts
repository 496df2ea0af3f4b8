/**
 * All open positions of one side, by liquidation price: contracts per leverage band and price cell, cohorts per price cell.
 *
 * Contracts are kept divided by `scale`, so that closing a share of the whole side is one multiplication. `total` is the sum of the
 * side; it is kept up to date by each operation and summed anew where rounding could have gathered (`resum`).
 */
import type { PositionSide } from './event.ts';
import { leverageBandCount } from './leverage-bands.ts';
import type { LeverageLadder } from './leverage-ladder.ts';
import { cellsPerLevel, levelRoom } from './price-grid.ts';

export interface BookSide {
  readonly side: PositionSide;
  cellCount: number;
  /** Contracts ÷ scale: `cellCount` cells of the first leverage band, then as many of the next, and so on. */
  cells: Float64Array;
  /** Cohorts (one rung of one fold step) that lie in the cell. */
  cohorts: Uint32Array;
  scale: number;
  /** Contracts of the whole side. */
  total: number;
  /** The cell nearest to the price that may hold something: the highest of the longs, the lowest of the shorts. */
  edge: number;
  /** Contracts ÷ scale placed without having been seen opening, per rung of that placement; and their cells. */
  unseen: Float64Array;
  unseenCells: Int32Array;
  /** Cohorts placed and swept since the epoch began. */
  created: number;
  consumed: number;
  /** One a display level, set to 1 when its cells change, for whoever sums them up (`level-sums.ts`); null: nobody does. */
  touched: Uint8Array | null;
}

/** Below this the scale is folded into the cells: far from the smallest number, and once in 64 halvings of the side. */
const smallestScale = 2 ** -64;

/** When a sweep leaves less than this share of the side, rounding of the old total would weigh in the new one. */
const resumShare = 1e-3;

/** A price counts as touching a cell when it is this near, in cells: prices are decimals, cells are binary fractions. */
export const touchTolerance = 1e-6;

export function emptySide(side: PositionSide, cellCount: number): BookSide {
  return {
    side,
    cellCount,
    cells: new Float64Array(leverageBandCount * cellCount),
    cohorts: new Uint32Array(cellCount),
    scale: 1,
    total: 0,
    edge: side === 'long' ? -1 : cellCount,
    unseen: new Float64Array(0),
    unseenCells: new Int32Array(0),
    created: 0,
    consumed: 0,
    touched: null,
  };
}

/** Adds contracts opened at `price` (in cells), spread over the rungs of the ladder. */
export function place(side: BookSide, price: number, contracts: number, ladder: LeverageLadder): void {
  const { cells, cohorts, cellCount } = side;
  const { weight, bandStart } = ladder;
  const multipliers = side.side === 'long' ? ladder.long : ladder.short;
  const last = cellCount - 1;
  const unit = contracts / side.scale;
  const rungs = weight.length;
  for (let place = 0; place < leverageBandCount; place++) {
    const base = (leverageBandCount - 1 - place) * cellCount;
    const end = bandStart[place + 1]!;
    for (let r = bandStart[place]!; r < end; r++) {
      const cell = Math.min((price * multipliers[r]! + 0.5) | 0, last);
      cells[base + cell]! += unit * weight[r]!;
      cohorts[cell]!++;
    }
  }
  const nearest = Math.min((price * multipliers[0]! + 0.5) | 0, last);
  if (side.side === 'long' ? nearest > side.edge : nearest < side.edge) side.edge = nearest;
  side.total += contracts;
  side.created += rungs;
  if (side.touched !== null) {
    for (let r = 0; r < rungs; r++) touch(side, Math.min((price * multipliers[r]! + 0.5) | 0, last));
  }
}

/** Takes out everything that a mark price of `price` (in cells) liquidates, bounds inclusive. @returns contracts swept. */
export function sweep(side: BookSide, price: number): number {
  let swept = 0;
  let consumed = 0;
  let cell = side.edge;
  if (side.side === 'long') {
    const floor = Math.max(Math.ceil(price - touchTolerance), 1);
    for (; cell >= floor; cell--) {
      swept += empty(side, cell);
      consumed += takeCohorts(side, cell);
    }
  } else {
    const ceiling = Math.min(Math.floor(price + touchTolerance), side.cellCount - 1);
    for (; cell <= ceiling; cell++) {
      swept += empty(side, cell);
      consumed += takeCohorts(side, cell);
    }
  }
  if (cell === side.edge) return 0;
  if (side.touched !== null) {
    const [from, to] = side.side === 'long' ? [cell + 1, side.edge] : [side.edge, cell - 1];
    side.touched.fill(1, levelOf(side, from), levelOf(side, to) + 1);
  }
  side.edge = cell;
  side.consumed += consumed;
  if (swept === 0) return 0;
  forgetSweptUnseen(side);
  const contracts = Math.min(swept * side.scale, side.total);
  const left = side.total - contracts;
  if (left < side.total * resumShare) resum(side);
  else side.total = left;
  return contracts;
}

/** @returns contracts ÷ scale that were in the cell. */
function empty({ cells, cellCount }: BookSide, cell: number): number {
  let mass = 0;
  for (let at = cell; at < cells.length; at += cellCount) {
    mass += cells[at]!;
    cells[at] = 0;
  }
  return mass;
}

function takeCohorts({ cohorts }: BookSide, cell: number): number {
  const count = cohorts[cell]!;
  cohorts[cell] = 0;
  return count;
}

/** Fewer contracts than this are none: far below any venue's smallest lot, far above the smallest number. */
const smallestTotal = 1e-12;

/** Scales the whole side down to `total` contracts. */
export function closeTo(side: BookSide, total: number): void {
  if (!(total > smallestTotal)) {
    if (!isEmpty(side)) clear(side);
    return;
  }
  if (!(total < side.total)) return;
  side.scale *= total / side.total;
  side.total = total;
  if (side.scale < smallestScale) foldScale(side);
}

/** Remembers that what `place` just put there was not seen being opened. Call after `place` with the same arguments. */
export function markUnseen(side: BookSide, price: number, contracts: number, ladder: LeverageLadder): void {
  const last = side.cellCount - 1;
  side.unseen = ladder.weight.map((weight) => (weight * contracts) / side.scale);
  side.unseenCells = Int32Array.from(ladder[side.side], (multiplier) => Math.min((price * multiplier + 0.5) | 0, last));
}

/** Contracts in the book that were there before the first event. */
export function unseenTotal(side: BookSide): number {
  let sum = 0;
  for (const mass of side.unseen) sum += mass;
  return sum * side.scale;
}

/** Sums the side anew, so that rounding does not gather over millions of steps. */
export function resum(side: BookSide): void {
  let sum = 0;
  for (const mass of side.cells) sum += mass;
  side.total = sum * side.scale;
}

/** Room for cells up to `cellCount`; what is there keeps its place. Memory in which nothing stands is not touched, so it costs none. */
export function grow(side: BookSide, cellCount: number): void {
  const cells = new Float64Array(leverageBandCount * cellCount);
  const cohorts = new Uint32Array(cellCount);
  const [from, to] = side.side === 'long' ? [0, side.edge + 1] : [side.edge, side.cellCount];
  for (let band = 0; band < leverageBandCount; band++) {
    const start = band * side.cellCount;
    cells.set(side.cells.subarray(start + from, start + to), band * cellCount + from);
  }
  cohorts.set(side.cohorts.subarray(from, to), from);
  if (side.side === 'short' && side.edge === side.cellCount) side.edge = cellCount;
  side.cellCount = cellCount;
  side.cells = cells;
  side.cohorts = cohorts;
  if (side.touched !== null) side.touched = new Uint8Array(levelRoom(cellCount)).fill(1);
}

function forgetSweptUnseen(side: BookSide): void {
  const { unseen, unseenCells, edge } = side;
  for (let r = 0; r < unseen.length; r++) {
    const isSwept = side.side === 'long' ? unseenCells[r]! > edge : unseenCells[r]! < edge;
    if (isSwept) unseen[r] = 0;
    // Rungs run from the nearest outwards, so the first that stands ends the search.
    else break;
  }
}

/** As it begins, and as `clear` leaves it. */
function isEmpty({ side, total, scale, edge, cellCount }: BookSide): boolean {
  return total === 0 && scale === 1 && edge === (side === 'long' ? -1 : cellCount);
}

/** Everything closed: the cells are empty, and nothing of it counts as swept. */
function clear(side: BookSide): void {
  side.cells.fill(0);
  side.cohorts.fill(0);
  side.unseen = new Float64Array(0);
  side.unseenCells = new Int32Array(0);
  side.edge = side.side === 'long' ? -1 : side.cellCount;
  side.scale = 1;
  side.total = 0;
  side.touched?.fill(1);
}

function foldScale(side: BookSide): void {
  const { cells, scale, unseen } = side;
  for (let cell = 0; cell < cells.length; cell++) cells[cell]! *= scale;
  for (let r = 0; r < unseen.length; r++) unseen[r]! *= scale;
  side.scale = 1;
  side.touched?.fill(1);
}

/** A long cell belongs to the level at or below it, a short cell to the level at or above it. */
export function levelOf({ side }: BookSide, cell: number): number {
  return ((side === 'long' ? cell : cell + cellsPerLevel - 1) / cellsPerLevel) | 0;
}

function touch(side: BookSide, cell: number): void {
  side.touched![levelOf(side, cell)] = 1;
}
