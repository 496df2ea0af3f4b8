/**
 * Batches one behind another as the bytes of `batch-codec.ts`, written into memory that is used again and again: a flood's hundreds of
 * small batches a turn cost neither an allocation nor a view each.
 */
import { crc32 } from 'node:zlib';
import { type EventBatch, valueColumns } from '../market/event-batch.ts';

export const currentSchema = 1;
export const headerBytes = 16;
export const sideBit = 1 << valueColumns.length;
export const checksumAt = 4;
/** Batches begin where a number may, so that columns are copied as numbers. */
const numberBytes = 8;
const firstBytes = 64 * 1024;

export class BatchPage {
  #bytes = new Uint8Array(firstBytes);
  #numbers = new Float64Array(this.#bytes.buffer);
  #view = new DataView(this.#bytes.buffer);
  #used = 0;

  /** @returns where the batch begins and ends in what `take` gives. */
  write(batch: EventBatch): { readonly from: number; readonly to: number } {
    const { count } = batch;
    const present = presentColumns(batch);
    const from = Math.ceil(this.#used / numberBytes) * numberBytes;
    const to = from + encodedBytes(present, count);
    this.#reserve(to);
    this.#writeHeader(from, count, present);
    let at = (from + headerBytes) / numberBytes;
    for (let bit = 0; bit < valueColumns.length; bit++) {
      if ((present & (1 << bit)) === 0) continue;
      const column = batch[valueColumns[bit]!];
      for (let i = 0; i < count; i++) this.#numbers[at++] = column[i]!;
    }
    let byte = at * numberBytes;
    for (let i = 0; i < count; i++) this.#bytes[byte++] = batch.kind[i]!;
    if (present & sideBit) for (let i = 0; i < count; i++) this.#bytes[byte++] = batch.side[i]!;
    this.#view.setUint32(from + checksumAt, checksum(this.#bytes, from, to), true);
    this.#used = to;
    return { from, to };
  }

  /** What was written since it was last asked, as memory of its own. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(0, this.#used);
    this.#used = 0;
    return taken;
  }

  #writeHeader(from: number, count: number, present: number): void {
    const view = this.#view;
    view.setUint32(from, currentSchema, true);
    view.setUint16(from + 2, count, true);
    view.setUint32(from + 8, present, true);
    view.setUint32(from + 12, 0, true);
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, Math.ceil(bytes / firstBytes) * firstBytes));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#numbers = new Float64Array(grown.buffer);
    this.#view = new DataView(grown.buffer);
  }
}

export function encodedBytes(present: number, count: number): number {
  let bytes = headerBytes + count;
  for (let bit = 0; bit < valueColumns.length; bit++) if (present & (1 << bit)) bytes += numberBytes * count;
  return present & sideBit ? bytes + count : bytes;
}

/** Of all bytes from `from` to `to` but the checksum itself. */
export function checksum(bytes: Uint8Array, from: number, to: number): number {
  return crc32(bytes.subarray(from + checksumAt + 4, to), crc32(bytes.subarray(from, from + checksumAt)));
}

function presentColumns(batch: EventBatch): number {
  const { count } = batch;
  let present = isZero(batch.side, count) ? 0 : sideBit;
  for (let bit = 0; bit < valueColumns.length; bit++) {
    if (!isZero(batch[valueColumns[bit]!], count)) present |= 1 << bit;
  }
  return present;
}

/** Negative zero is not nothing: columns come back bit for bit. */
function isZero(column: Float64Array | Uint8Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (column[i] !== 0 || 1 / column[i]! < 0) return false;
  return true;
}
