/**
 * Batches as bytes. A column whose values are all zero takes no room; the others lie as they are in memory, so reading is copying.
 *
 * Layout, little-endian: schema u8, 0 u8, count u16, CRC-32 of all else u32, columns present u32 (bit by place in `valueColumns`,
 * then `side`), 0 u32; then the present value columns (float64 × count), the kinds (u8 × count), and the sides if present.
 */
import { crc32 } from 'node:zlib';
import { allocateBatch, type EventBatch, maxBatchEvents, valueColumns } from '../market/event-batch.ts';
import { EventLogError } from './event-log.ts';
import { type Upcaster, upcasters } from './upcasters.ts';

export const currentSchema = 1;
const headerBytes = 16;
const sideBit = 1 << valueColumns.length;
const knownBits = 2 * sideBit - 1;

export function encodeBatch(batch: EventBatch): Uint8Array<ArrayBuffer> {
  const { count } = batch;
  let present = isZero(batch.side.subarray(0, count)) ? 0 : sideBit;
  for (const [bit, name] of valueColumns.entries()) if (!isZero(batch[name].subarray(0, count))) present |= 1 << bit;

  const bytes = new Uint8Array(encodedBytes(present, count));
  const view = new DataView(bytes.buffer);
  view.setUint8(0, currentSchema);
  view.setUint16(2, count, true);
  view.setUint32(8, present, true);
  let offset = headerBytes;
  const append = (column: Float64Array | Uint8Array) => {
    const part = column.subarray(0, count);
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), offset);
    offset += part.byteLength;
  };
  for (const [bit, name] of valueColumns.entries()) if (present & (1 << bit)) append(batch[name]);
  append(batch.kind);
  if (present & sideBit) append(batch.side);
  view.setUint32(4, checksum(bytes), true);
  return bytes;
}

/** @throws {EventLogError} `corrupt` when the bytes are not what was written, `schema_unknown` when no upcaster reads their schema. */
export function decodeBatch(
  bytes: Uint8Array,
  upcastersBySchema: ReadonlyMap<number, Upcaster> = upcasters,
): EventBatch {
  if (bytes.byteLength < headerBytes)
    throw new EventLogError('corrupt', `a batch of ${bytes.byteLength} bytes is cut off`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(4, true) !== checksum(bytes))
    throw new EventLogError('corrupt', 'a batch does not match its checksum');
  const schema = view.getUint8(0);
  if (schema !== currentSchema) return upcast(schema, bytes, upcastersBySchema);

  const count = view.getUint16(2, true);
  const present = view.getUint32(8, true);
  const isWhole =
    count > 0 && count <= maxBatchEvents && present <= knownBits && encodedBytes(present, count) === bytes.byteLength;
  if (!isWhole) throw new EventLogError('corrupt', 'a batch does not have the length its header says');
  const batch = allocateBatch(count);
  let offset = headerBytes;
  const take = (column: Float64Array | Uint8Array) => {
    new Uint8Array(column.buffer).set(bytes.subarray(offset, offset + column.byteLength));
    offset += column.byteLength;
  };
  for (const [bit, name] of valueColumns.entries()) if (present & (1 << bit)) take(batch[name]);
  take(batch.kind);
  if (present & sideBit) take(batch.side);
  return batch;
}

/** How many events the bytes say they hold, unchecked; NaN when there is no header. */
export function batchCount(bytes: Uint8Array): number {
  if (bytes.byteLength < headerBytes) return Number.NaN;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint16(2, true);
}

function upcast(schema: number, bytes: Uint8Array, bySchema: ReadonlyMap<number, Upcaster>): EventBatch {
  const upcaster = bySchema.get(schema);
  if (upcaster !== undefined) return upcaster(bytes.subarray(headerBytes));
  const known = [...bySchema.keys(), currentSchema].join(', ');
  throw new EventLogError(
    'schema_unknown',
    `a batch has schema ${schema}; this version reads ${known}. Use the version of the server that wrote it, or a newer one.`,
  );
}

function encodedBytes(present: number, count: number): number {
  let bytes = headerBytes + count;
  for (let bit = 0; bit < valueColumns.length; bit++) if (present & (1 << bit)) bytes += 8 * count;
  return present & sideBit ? bytes + count : bytes;
}

function checksum(bytes: Uint8Array): number {
  return crc32(bytes.subarray(8), crc32(bytes.subarray(0, 4)));
}

/** Negative zero is not nothing: columns come back bit for bit. */
function isZero(column: Float64Array | Uint8Array): boolean {
  for (let i = 0; i < column.length; i++) if (column[i] !== 0 || 1 / column[i]! < 0) return false;
  return true;
}
