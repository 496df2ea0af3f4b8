/** A write-ahead log of SQLite as its file format says (sqlite.org/fileformat2.html, section 4). */
const headerBytes = 32;
const frameHeaderBytes = 24;
const pageSizeAt = 8;
const saltAt = 16;
const saltBytes = 8;

/** @returns where the frames of the newest life of the file end; what comes after was written before and is void. */
export function liveBytes(wal: Uint8Array): number {
  const view = new DataView(wal.buffer, wal.byteOffset, wal.byteLength);
  if (wal.length < headerBytes) return 0;
  const frame = frameHeaderBytes + view.getUint32(pageSizeAt);
  const salt = view.getBigUint64(saltAt);
  let end = headerBytes;
  while (end + frame <= wal.length && view.getBigUint64(end + frameHeaderBytes - saltBytes - saltBytes) === salt) {
    end += frame;
  }
  return end;
}
