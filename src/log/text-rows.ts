/**
 * Text as rows of an event batch, for streams that hold records of this program instead of market events. So they have what every
 * stream has: the version guard, the commit, the checksum, the copies.
 */
import { allocateBatch, type EventBatch, maxBatchEvents } from '../market/event-batch.ts';

/** Stored as the kind of each row. Market events have the codes below 16. */
export const textRowCode = 16;

const columns = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
/** As many as a double holds exactly. */
const bytesPerNumber = 6;
const bytesPerRow = bytesPerNumber * columns.length;
export const maxTextBytes = maxBatchEvents * bytesPerRow;

/**
 * @param text without NUL.
 * @param time ms since 1970, and `id`, on every row.
 * @throws {RangeError} when the text is empty or does not fit into one batch.
 */
export function rowsOfText(text: string, time: number, id: number): EventBatch {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length === 0 || bytes.length > maxTextBytes) {
    throw new RangeError(`a text of ${bytes.length} bytes is not within 1 and ${maxTextBytes}`);
  }
  const count = Math.ceil(bytes.length / bytesPerRow);
  const padded = Buffer.alloc(count * bytesPerRow);
  bytes.copy(padded);
  const batch = allocateBatch(count);
  batch.kind.fill(textRowCode);
  batch.time.fill(time);
  batch.id.fill(id);
  for (let row = 0; row < count; row++) {
    for (const [place, column] of columns.entries()) {
      batch[column][row] = padded.readUIntLE(row * bytesPerRow + place * bytesPerNumber, bytesPerNumber);
    }
  }
  return batch;
}

/** null: these are not rows of text. */
export function textOfRows(batch: EventBatch): string | null {
  const bytes = Buffer.alloc(batch.count * bytesPerRow);
  for (let row = 0; row < batch.count; row++) {
    if (batch.kind[row] !== textRowCode) return null;
    for (const [place, column] of columns.entries()) {
      const value = batch[column][row]!;
      if (!(Number.isInteger(value) && value >= 0 && value < 2 ** (8 * bytesPerNumber))) return null;
      bytes.writeUIntLE(value, row * bytesPerRow + place * bytesPerNumber, bytesPerNumber);
    }
  }
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end);
}
