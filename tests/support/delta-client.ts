/**
 * A client in delta mode as the protocol describes one, in a page: written from the description alone and sharing no code with the
 * server, so that each is a test of the other.
 */
import { crc32 } from 'node:zlib';
import type { DeltaMessage, SnapshotMessage } from '../../src/protocol/server-message.ts';

export type Row = readonly [price: number, long: number, short: number];

export interface HeldPicture {
  readonly epoch: string;
  readonly seq: number;
  readonly rows: readonly Row[];
  readonly price: number;
}

export function rowsOf({ data }: SnapshotMessage): Row[] {
  return data.levels.map(({ price, long_density, short_density }) => [price, long_density, short_density]);
}

export function checksumOf(rows: readonly Row[]): number {
  const bytes = Buffer.alloc(rows.length * 24);
  for (const [i, row] of rows.entries())
    for (const [k, value] of row.entries()) bytes.writeDoubleLE(value, i * 24 + k * 8);
  return crc32(bytes);
}

export function applied(rows: readonly Row[], { scale, rounding, levels }: DeltaMessage['data']): Row[] {
  const byPrice = new Map<number, Row>();
  for (const [i, [price, long, short]] of rows.entries()) {
    const digit = Number(rounding[i]);
    const scaled = (density: number, by: number) => Math.floor(density * by + 0.5);
    byPrice.set(price, [
      price,
      scaled(long, scale[0]) + Math.floor(digit / 3) - 1,
      scaled(short, scale[1]) + (digit % 3) - 1,
    ]);
  }
  for (const [price, long, short] of levels) {
    if (long === 0 && short === 0) byPrice.delete(price);
    else byPrice.set(price, [price, long, short]);
  }
  return [...byPrice.values()].sort((a, b) => a[0] - b[0]);
}

export class DeltaClient {
  picture: HeldPicture | null = null;
  readonly #verifies: boolean;

  /** @param verifies whether it compares checksums, as every client should. */
  constructor(verifies = true) {
    this.#verifies = verifies;
  }

  /** @returns whether the picture must be asked for anew. */
  take(message: SnapshotMessage | DeltaMessage): 'repair' | 'shown' | 'old' {
    const { epoch, seq, data } = message;
    const held = this.picture;
    const isSameEpoch = held !== null && held.epoch === epoch;
    let rows: Row[];
    if (message.type === 'snapshot') {
      if (isSameEpoch && seq < held.seq) return 'old';
      rows = rowsOf(message);
    } else if (isSameEpoch && message.prev_seq === held.seq && message.data.rounding.length === held.rows.length) {
      rows = applied(held.rows, message.data);
    } else if (isSameEpoch && seq <= held.seq) {
      return 'old';
    } else {
      return this.#lost();
    }
    if (this.#verifies && checksumOf(rows) !== message.checksum) return this.#lost();
    this.picture = { epoch, seq, rows, price: data.current_price };
    return 'shown';
  }

  #lost(): 'repair' {
    this.picture = null;
    return 'repair';
  }
}
