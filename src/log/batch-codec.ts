/**
 * Batches as bytes. A column whose values are all zero takes no room; the others lie as they are in memory, so reading is copying.
 *
 * Layout, little-endian: schema u8, 0 u8, count u16, CRC-32 of all else u32, columns present u32 (bit by place in `valueColumns`,
 * then `side`), 0 u32; then the present value columns (float64 × count), the kinds (u8 × count), and the sides if present.
 */
import { allocateBatch, type EventBatch, maxBatchEvents, valueColumns } from '../market/event-batch.ts';
import { BatchPage, checksum, checksumAt, currentSchema, encodedBytes, headerBytes, sideBit } from './batch-page.ts';
import { EventLogError } from './event-log.ts';
import { type Upcaster, upcasters } from './upcasters.ts';

const knownBits = 2 * sideBit - 1;
const page = new BatchPage();

export function encodeBatch(batch: EventBatch): Uint8Array<ArrayBuffer> {
  page.write(batch);
  return page.take();
}

/** @throws {EventLogError} `corrupt` when the bytes are not what was written, `schema_unknown` when no upcaster reads their schema. */
export function decodeBatch(
  bytes: Uint8Array,
  upcastersBySchema: ReadonlyMap<number, Upcaster> = upcasters,
): EventBatch {
  if (bytes.byteLength < headerBytes)
    throw new EventLogError('corrupt', `a batch of ${bytes.byteLength} bytes is cut off`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(checksumAt, true) !== checksum(bytes, 0, bytes.byteLength))
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
