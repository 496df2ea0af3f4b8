/**
 * A book as bytes and back, for checkpoints and for comparing two books bit for bit.
 *
 * Layout, little-endian: the scalars as float64 in the order of `scalarsOf`, then per side cells and unseen contracts (float64),
 * then per side cohorts and unseen cells (32 bit); at the end the venue's own margin tiers, in force and arriving, with four numbers each
 * (float64). The ladder is not stored: it follows from the model's versions and the tiers.
 */
import { createHash } from 'node:crypto';
import { type Book, initialBook } from './book.ts';
import { ladderOf } from './book-model.ts';
import { type BookSide, emptySide } from './book-side.ts';
import { leverageBandCount } from './leverage-bands.ts';
import { ladderParameters } from './leverage-ladder.ts';
import { type MarginTier, marginTierSet } from './margin-tiers.ts';
import { type LevelStep, tickOf } from './price-grid.ts';
import type { VenueName } from './venues.ts';

/** 1 had no leverage bands, 2 no margin tiers of its own. */
const schema = 3;
const schemaWithoutTiers = 2;
const sideScalars = 6;
const bookScalars = 21;

/** Exchange time in ms up to which the book in these bytes was folded; `null` when they are not a book of this schema. */
export function bookTimeOf(bytes: Uint8Array): number | null {
  if (bytes.byteLength < 3 * 8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isKnown(view.getFloat64(0, true)) ? view.getFloat64(2 * 8, true) : null;
}

export function encodeBook(book: Book): Uint8Array {
  const scalars = scalarsOf(book);
  const sides = [book.long, book.short];
  const doubles = sides.flatMap((side) => [side.cells, side.unseen]);
  const words = sides.flatMap((side) => [side.cohorts, side.unseenCells]);
  const arrays = [scalars, ...doubles, ...words, tiersOfBook(book)];
  const bytes = new Uint8Array(arrays.reduce((sum, array) => sum + array.byteLength, 0));
  let offset = 0;
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
    offset += array.byteLength;
  }
  return bytes;
}

/** @returns `null` when the bytes are not a book of this schema: then an older checkpoint, or the whole stream, is folded instead. */
export function decodeBook(symbol: string, bytes: Uint8Array, venue?: VenueName): Book | null {
  const lastIdCount = initialBook(symbol).lastIds.length;
  const scalarCount = bookScalars + 2 * sideScalars + lastIdCount;
  if (bytes.byteLength < scalarCount * 8) return null;
  // A copy of its own, so that the views are aligned and the book does not hold on to the reader's buffer.
  const { buffer } = new Uint8Array(bytes);
  const scalars = new Float64Array(buffer, 0, scalarCount);
  if (!isKnown(scalars[0]!)) return null;
  const counts = [scalars[20]!, scalars[bookScalars + 5]!, scalars[bookScalars + sideScalars + 5]!];
  if (!counts.every((count) => Number.isInteger(count) && count >= 0)) return null;
  const [cellCount, longUnseen, shortUnseen] = counts as [number, number, number];
  const end = scalarCount * 8 + (16 * leverageBandCount + 8) * cellCount + 12 * (longUnseen + shortUnseen);
  const tiers = scalars[0] === schema ? decodeTiers(bytes.subarray(Math.min(end, bytes.byteLength))) : noTiers;
  if (tiers === null || bytes.byteLength !== end + tiers.byteLength) return null;

  let offset = scalarCount * 8;
  const take = <A>(
    Column: new (buffer: ArrayBuffer, offset: number, count: number) => A,
    width: number,
    count: number,
  ) => {
    const column = new Column(buffer, offset, count);
    offset += width * count;
    return column;
  };
  const longDoubles = {
    cells: take(Float64Array, 8, leverageBandCount * cellCount),
    unseen: take(Float64Array, 8, longUnseen),
  };
  const shortDoubles = {
    cells: take(Float64Array, 8, leverageBandCount * cellCount),
    unseen: take(Float64Array, 8, shortUnseen),
  };
  const longWords = { cohorts: take(Uint32Array, 4, cellCount), unseenCells: take(Int32Array, 4, longUnseen) };
  const shortWords = { cohorts: take(Uint32Array, 4, cellCount), unseenCells: take(Int32Array, 4, shortUnseen) };
  const long = decodeSide('long', scalars.subarray(bookScalars), { ...longDoubles, ...longWords });
  const short = decodeSide('short', scalars.subarray(bookScalars + sideScalars), { ...shortDoubles, ...shortWords });
  return decodeScalars(symbol, venue, scalars, long, short, tiers);
}

/** Equal digests mean equal books, bit for bit. */
export function bookDigest(book: Book): string {
  return createHash('sha256').update(encodeBook(book)).digest('hex');
}

function isKnown(found: number): boolean {
  return found === schema || found === schemaWithoutTiers;
}

interface DecodedTiers {
  readonly tiers: readonly MarginTier[] | null;
  readonly arrivingTiers: readonly MarginTier[];
  readonly byteLength: number;
}

const tierNumbers = 4;
const noTiers: DecodedTiers = { tiers: null, arrivingTiers: [], byteLength: 0 };

/** How many are in force (NaN: none of its own) and arriving, then all of them. */
function tiersOfBook({ tiers, arrivingTiers }: Book): Float64Array {
  const rows = [...(tiers ?? []), ...arrivingTiers].flatMap((tier) => [
    tier.notionalCap,
    tier.maintenanceRate,
    tier.maintenanceAmount,
    tier.maxLeverage,
  ]);
  return Float64Array.of(tiers?.length ?? Number.NaN, arrivingTiers.length, ...rows);
}

function decodeTiers(bytes: Uint8Array): DecodedTiers | null {
  const count = Math.floor(bytes.byteLength / 8);
  const numbers = new Float64Array(new Uint8Array(bytes.subarray(0, count * 8)).buffer);
  const [own = Number.NaN, arriving = Number.NaN] = numbers;
  const held = Number.isNaN(own) ? 0 : own;
  if (!(held >= 0 && arriving >= 0) || count !== 2 + tierNumbers * (held + arriving)) return null;
  const rows = Array.from({ length: held + arriving }, (_, i): MarginTier => {
    const at = 2 + i * tierNumbers;
    const [notionalCap, maintenanceRate, maintenanceAmount, maxLeverage] = numbers.subarray(at, at + tierNumbers);
    return {
      notionalCap: notionalCap!,
      maintenanceRate: maintenanceRate!,
      maintenanceAmount: maintenanceAmount!,
      maxLeverage: maxLeverage!,
    };
  });
  const tiers = Number.isNaN(own) ? null : rows.slice(0, held);
  return { tiers, arrivingTiers: rows.slice(held), byteLength: count * 8 };
}

function scalarsOf(book: Book): Float64Array {
  const { model, levelStep } = book;
  return Float64Array.of(
    schema,
    book.version,
    book.time,
    book.firstTime,
    book.price,
    book.hasMark ? 1 : 0,
    book.openInterest,
    model?.tiers ?? 0,
    model?.ladder ?? 0,
    model?.churn ?? 0,
    model?.halfLifeMs ?? 0,
    levelStep?.mantissa ?? 0,
    levelStep?.exponent ?? 0,
    book.longCredit,
    book.shortCredit,
    book.candles,
    book.candlesWithoutTakerSide,
    book.gaps,
    book.liquidatedLong,
    book.liquidatedShort,
    book.long.cellCount,
    ...sideScalarsOf(book.long),
    ...sideScalarsOf(book.short),
    ...book.lastIds,
  );
}

function sideScalarsOf(side: BookSide): number[] {
  return [side.scale, side.total, side.edge, side.created, side.consumed, side.unseen.length];
}

function decodeSide(
  name: 'long' | 'short',
  scalars: Float64Array,
  columns: Pick<BookSide, 'cells' | 'cohorts' | 'unseen' | 'unseenCells'>,
): BookSide {
  const cellCount = columns.cohorts.length;
  const at = (index: number) => scalars[index]!;
  const kept = { scale: at(0), total: at(1), edge: at(2), created: at(3), consumed: at(4) };
  return { ...emptySide(name, 0), ...kept, ...columns, cellCount };
}

function decodeScalars(
  symbol: string,
  venue: VenueName | undefined,
  scalars: Float64Array,
  long: BookSide,
  short: BookSide,
  { tiers, arrivingTiers }: DecodedTiers,
): Book | null {
  const at = (index: number) => scalars[index]!;
  const model = at(7) === 0 ? null : { tiers: at(7), ladder: at(8), churn: at(9), halfLifeMs: at(10) };
  if (model !== null && (marginTierSet(model.tiers) === undefined || ladderParameters(model.ladder) === undefined)) {
    return null;
  }
  const levelStep = at(11) === 0 ? null : { mantissa: at(11) as LevelStep['mantissa'], exponent: at(12) };
  return {
    symbol,
    venue,
    tiers,
    arrivingTiers,
    version: at(1),
    time: at(2),
    firstTime: at(3),
    price: at(4),
    hasMark: at(5) === 1,
    openInterest: at(6),
    model,
    ladder: ladderOf({ model, tiers, symbol, venue }),
    levelStep,
    tick: levelStep === null ? Number.NaN : tickOf(levelStep),
    long,
    short,
    longCredit: at(13),
    shortCredit: at(14),
    candles: at(15),
    candlesWithoutTakerSide: at(16),
    gaps: at(17),
    liquidatedLong: at(18),
    liquidatedShort: at(19),
    lastIds: scalars.slice(bookScalars + 2 * sideScalars),
  };
}
