/**
 * A symbol's books as bytes and back. One that names no venue is written as that book alone (`book-codec.ts`); several are written one
 * after another behind a head.
 *
 * The head, float64 little-endian: schema, version, time, time of the first event, level step (mantissa, exponent; 0: none yet), number of
 * books, then for each its venue code and the bytes it takes.
 */
import { createHash } from 'node:crypto';
import { initialBook } from './book.ts';
import { bookTimeOf, decodeBook, encodeBook } from './book-codec.ts';
import { type LevelStep, tickOf } from './price-grid.ts';
import { booksOf, codeOf, initialSymbolBook, type SymbolBook, symbolBookOf } from './symbol-book.ts';
import { venueCodeEnd, venueOfCode } from './venues.ts';

/** Far from those of a single book. */
const schema = 1001;
const headNumbers = 7;
const bookNumbers = 2;

/** Exchange time in ms up to which was folded; `null` when the bytes are of no known schema. */
export function symbolBookTimeOf(bytes: Uint8Array): number | null {
  if (bytes.byteLength < 3 * 8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getFloat64(0, true) === schema ? view.getFloat64(2 * 8, true) : bookTimeOf(bytes);
}

export function encodeSymbolBook(whole: SymbolBook): Uint8Array {
  const books = booksOf(whole);
  if (books.length === 0) return encodeBook(initialBook(whole.symbol));
  if (books.length === 1 && codeOf(books[0]!) === 0) return encodeBook(books[0]!);
  const { version, time, firstTime, levelStep } = whole;
  const parts = books.map((book) => ({ code: codeOf(book), bytes: encodeBook(book) }));
  const head = Float64Array.of(
    schema,
    version,
    time,
    firstTime,
    levelStep?.mantissa ?? 0,
    levelStep?.exponent ?? 0,
    parts.length,
    ...parts.flatMap(({ code, bytes }) => [code, bytes.byteLength]),
  );
  return Buffer.concat([new Uint8Array(head.buffer), ...parts.map(({ bytes }) => bytes)]);
}

/** @returns `null` when the bytes are not books of this schema: then an older checkpoint, or the whole stream, is folded instead. */
export function decodeSymbolBook(symbol: string, bytes: Uint8Array): SymbolBook | null {
  if (bytes.byteLength < headNumbers * 8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = (index: number) => view.getFloat64(index * 8, true);
  if (at(0) !== schema) {
    const book = decodeBook(symbol, bytes);
    return book && symbolBookOf(book);
  }
  const count = at(6);
  if (!(count >= 0 && count <= venueCodeEnd) || !Number.isInteger(count)) return null;
  let offset = (headNumbers + bookNumbers * count) * 8;
  if (bytes.byteLength < offset) return null;
  const levelStep = at(4) === 0 ? null : { mantissa: at(4) as LevelStep['mantissa'], exponent: at(5) };
  const tick = levelStep === null ? Number.NaN : tickOf(levelStep);
  const whole = { ...initialSymbolBook(symbol), version: at(1), time: at(2), firstTime: at(3), levelStep, tick };
  for (let i = 0; i < count; i++) {
    const [code, length] = [at(headNumbers + bookNumbers * i), at(headNumbers + bookNumbers * i + 1)];
    const isCode = Number.isInteger(code) && code >= whole.books.length && code < venueCodeEnd;
    if (!isCode || !(Number.isInteger(length) && length >= 0)) return null;
    const book = decodeBook(symbol, bytes.subarray(offset, offset + length), venueOfCode(code));
    if (book === null) return null;
    for (let empty = whole.books.length; empty < code; empty++) whole.books[empty] = undefined;
    whole.books[code] = book;
    offset += length;
  }
  const folded = booksOf(whole).reduce((sum, { version }) => sum + version, 0);
  return offset === bytes.byteLength && folded === whole.version ? whole : null;
}

/** Equal digests mean equal books, bit for bit. */
export function symbolBookDigest(whole: SymbolBook): string {
  return createHash('sha256').update(encodeSymbolBook(whole)).digest('hex');
}
