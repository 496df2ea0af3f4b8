/** What each byte of a SQLite file is for, by its file format (sqlite.org/fileformat2.html): to say what was damaged. */
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

interface Tree {
  readonly name: string;
  readonly root: number;
  readonly columns: readonly string[];
}

const fileHeaderBytes = 100;
const kinds = { interiorIndex: 2, interiorTable: 5, leafIndex: 10, leafTable: 13 } as const;
const headerFields = [
  ['page type', 1],
  ['first free block', 2],
  ['number of cells', 2],
  ['start of cells', 2],
  ['fragmented bytes', 1],
] as const;
/** By serial type; larger ones are texts and blobs. */
const integerBytes = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0];

export class DatabaseMap {
  readonly #file: Buffer;
  readonly #view: DataView;
  readonly #pageBytes: number;
  readonly #labels: string[];

  /** @param path a file that was closed cleanly. */
  constructor(path: string) {
    this.#file = readFileSync(path);
    this.#view = new DataView(this.#file.buffer, this.#file.byteOffset, this.#file.byteLength);
    this.#pageBytes = this.#view.getUint16(16);
    this.#labels = new Array(this.#file.length).fill('unused');
    this.#paint(0, fileHeaderBytes, 'file header');
    for (const tree of treesOf(path)) this.#paintPage(tree, tree.root);
  }

  /** Such as "table batches: value of count". */
  at(offset: number): string {
    return this.#labels[offset] ?? 'beyond the end';
  }

  #paint(from: number, bytes: number, label: string): number {
    this.#labels.fill(label, from, from + bytes);
    return from + bytes;
  }

  #paintPage(tree: Tree, page: number): void {
    const start = (page - 1) * this.#pageBytes;
    let at = page === 1 ? start + fileHeaderBytes : start;
    const kind = this.#file[at]!;
    const cells = this.#view.getUint16(at + 3);
    for (const [field, bytes] of headerFields) at = this.#paint(at, bytes, `${tree.name}: ${field}`);
    if (kind === kinds.interiorIndex || kind === kinds.interiorTable) {
      this.#paintPage(tree, this.#view.getUint32(at));
      at = this.#paint(at, 4, `${tree.name}: right child`);
    }
    for (let cell = 0; cell < cells; cell++, at += 2) {
      this.#paint(at, 2, `${tree.name}: pointer to cell`);
      this.#paintCell(tree, kind, start + this.#view.getUint16(at));
    }
  }

  #paintCell(tree: Tree, kind: number, start: number): void {
    let at = start;
    if (kind === kinds.interiorIndex || kind === kinds.interiorTable) {
      this.#paintPage(tree, this.#view.getUint32(at));
      at = this.#paint(at, 4, `${tree.name}: left child`);
    }
    let payload = 0;
    if (kind !== kinds.interiorTable) {
      payload = this.#varint(at).value;
      at = this.#paint(at, this.#varint(at).bytes, `${tree.name}: length of payload`);
    }
    if (kind === kinds.interiorTable || kind === kinds.leafTable) {
      at = this.#paint(at, this.#varint(at).bytes, `${tree.name}: rowid`);
    }
    if (payload === 0) return;
    const local = this.#localBytes(kind, payload);
    this.#paintRecord(tree, at, local);
    if (local < payload) {
      this.#paint(at + local, 4, `${tree.name}: overflow page`);
      this.#paintOverflow(tree, this.#view.getUint32(at + local), payload - local);
    }
  }

  #paintRecord(tree: Tree, start: number, local: number): void {
    const header = this.#varint(start);
    let at = this.#paint(start, header.bytes, `${tree.name}: length of header`);
    let value = start + header.value;
    for (let column = 0; at < start + header.value; column++) {
      const name = tree.columns[column] ?? 'rowid';
      const type = this.#varint(at);
      at = this.#paint(at, type.bytes, `${tree.name}: type of ${name}`);
      const bytes = Math.min(integerBytes[type.value] ?? (type.value - 12) >> 1, start + local - value);
      value = this.#paint(value, bytes, `${tree.name}: value of ${name}`);
    }
  }

  #paintOverflow(tree: Tree, page: number, bytes: number): void {
    const start = (page - 1) * this.#pageBytes;
    const here = Math.min(bytes, this.#pageBytes - 4);
    const next = this.#view.getUint32(start);
    this.#paint(start, 4, `${tree.name}: overflow page`);
    this.#paint(start + 4, here, `${tree.name}: overflowing value`);
    if (here < bytes) this.#paintOverflow(tree, next, bytes - here);
  }

  /** Bytes of a payload that lie in the tree's page. */
  #localBytes(kind: number, payload: number): number {
    const usable = this.#pageBytes;
    const least = Math.floor(((usable - 12) * 32) / 255) - 23;
    const most = kind === kinds.leafTable ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23;
    if (payload <= most) return payload;
    const fitting = least + ((payload - least) % (usable - 4));
    return fitting <= most ? fitting : least;
  }

  #varint(at: number): { value: number; bytes: number } {
    let value = 0;
    for (let bytes = 1; ; bytes++) {
      const byte = this.#file[at + bytes - 1]!;
      value = value * 128 + (byte & 127);
      if (byte < 128) return { value, bytes };
    }
  }
}

function treesOf(path: string): Tree[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const names = (pragma: string) =>
    database
      .prepare(pragma)
      .all()
      .map(({ name }) => String(name ?? 'rowid'));
  const trees = database
    .prepare('SELECT type, name, rootpage FROM sqlite_schema WHERE rootpage > 0')
    .all()
    .map(({ type, name, rootpage }): Tree => {
      const pragma = type === 'index' ? 'index_xinfo' : 'table_info';
      return { name: `${type} ${name}`, root: Number(rootpage), columns: names(`PRAGMA ${pragma}("${name}")`) };
    });
  database.close();
  return [{ name: 'schema', root: 1, columns: ['type', 'name', 'tbl_name', 'rootpage', 'sql'] }, ...trees];
}
