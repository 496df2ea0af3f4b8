/**
 * The picture of one symbol as a client holds it: made whole by snapshots, carried on by deltas, and never shown unless its checksum is
 * right. Part of the client library: it imports nothing and runs wherever JavaScript does.
 */

import type { DeltaMessage, Level, SnapshotMessage } from './messages.ts';

/** `old`: passed over. `gap`, `damaged`: the picture must be asked for anew. */
export type Taken = SnapshotMessage | 'old' | 'gap' | 'damaged';

export class HeldPicture {
  #epoch: string | undefined;
  #seq = -1;
  #levels: Level[] | null = null;

  /** What a server needs to know to go on from here. */
  get name(): { epoch: string; seq: number } | undefined {
    return this.#levels === null || this.#epoch === undefined ? undefined : { epoch: this.#epoch, seq: this.#seq };
  }

  forget(): void {
    this.#levels = null;
  }

  take(message: SnapshotMessage | DeltaMessage): Taken {
    const { epoch, seq = this.#seq, checksum } = message;
    const isSameEpoch = this.#levels !== null && epoch === this.#epoch;
    let snapshot: SnapshotMessage;
    if (message.type === 'snapshot') {
      if (isSameEpoch && seq < this.#seq) return 'old';
      snapshot = message;
    } else {
      if (isSameEpoch && seq <= this.#seq) return 'old';
      if (!isSameEpoch || message.prev_seq !== this.#seq) return 'gap';
      const levels = applied(this.#levels!, message.data);
      if (levels === null) return 'damaged';
      const { prev_seq: _, type: __, data, ...rest } = message;
      const { scale: ___, rounding: ____, ...shown } = data;
      snapshot = { type: 'snapshot', ...rest, data: { ...shown, levels } };
    }
    const { levels } = snapshot.data;
    if (checksum !== undefined && checksumOf(levels) !== checksum) return 'damaged';
    this.#epoch = epoch;
    this.#seq = seq;
    this.#levels = levels;
    return snapshot;
  }
}

/** @returns null when the delta is not of these levels. */
export function applied(
  before: readonly Level[],
  { scale, rounding, levels: listed }: DeltaMessage['data'],
): Level[] | null {
  if (rounding.length !== before.length) return null;
  const scaled = (density: number, by: number) => Math.floor(density * by + 0.5);
  const after: Level[] = [];
  let next = 0;
  const list = (untilPrice: number) => {
    for (; next < listed.length && listed[next]![0] < untilPrice; next++) add(listed[next]!);
  };
  const add = ([price, long_density, short_density]: [number, number, number]) => {
    if (long_density !== 0 || short_density !== 0) after.push({ price, long_density, short_density });
  };
  for (let i = 0; i < before.length; i++) {
    const { price, long_density, short_density } = before[i]!;
    list(price);
    if (next < listed.length && listed[next]![0] === price) {
      add(listed[next++]!);
      continue;
    }
    const digit = rounding.charCodeAt(i) - 48;
    const long = Math.floor(digit / 3) - 1;
    after.push({
      price,
      long_density: scaled(long_density, scale[0]) + long,
      short_density: scaled(short_density, scale[1]) + (digit % 3) - 1,
    });
  }
  list(Number.POSITIVE_INFINITY);
  return after;
}

const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 over price, long_density and short_density of each level as little-endian doubles. */
export function checksumOf(levels: readonly Level[]): number {
  const view = new DataView(new ArrayBuffer(levels.length * 24));
  for (let i = 0; i < levels.length; i++) {
    const { price, long_density, short_density } = levels[i]!;
    view.setFloat64(i * 24, price, true);
    view.setFloat64(i * 24 + 8, long_density, true);
    view.setFloat64(i * 24 + 16, short_density, true);
  }
  let crc = -1;
  for (let at = 0; at < view.byteLength; at++) crc = (crc >>> 8) ^ crcTable[(crc ^ view.getUint8(at)) & 0xff]!;
  return (crc ^ -1) >>> 0;
}
