/** What pins a symbol's books in a ledger: the SHA-256 of their bytes, and the layout that these have. */
import { initialBook } from '../market/book.ts';
import { encodeBook } from '../market/book-codec.ts';
import { initialSymbolBook, type SymbolBook } from '../market/symbol-book.ts';
import { encodeSymbolBook, symbolBookDigest } from '../market/symbol-book-codec.ts';

export interface BookSeal {
  /** A program that lays books out otherwise cannot make the same digest. */
  readonly layout: string;
  readonly digest: string;
}

const schemaOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0, true);
const layout = `${schemaOf(encodeSymbolBook(initialSymbolBook('')))}/${schemaOf(encodeBook(initialBook('')))}`;

export function sealOf(book: SymbolBook): BookSeal {
  return { layout, digest: symbolBookDigest(book) };
}
