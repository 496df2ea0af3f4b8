/** The events of a log that somebody else may be writing, in order, stream by stream. */
import type { LogReader, StreamRow } from '../log/log-reader.ts';
import { isLedger } from '../log/score-ledger.ts';
import { BatchSequence } from '../log/stored-batches.ts';
import { type EventBatch, eventsOfBatch } from '../market/event-batch.ts';
import type { PlacedEvent } from './event-table.ts';

const batchesPerPage = 32;

/** Those that hold market events, not a ledger. */
export function marketStreams(reader: LogReader): StreamRow[] {
  return reader.streams().filter(({ stream }) => !isLedger(stream));
}

/** Up to the events that were there when `row` was read. @throws {EventLogError} `corrupt`, by the first row that is damaged. */
export function* storedBatches(
  reader: LogReader,
  row: StreamRow,
): Generator<{ fromVersion: number; batch: EventBatch }> {
  const sequence = new BatchSequence(row.stream, row.firstVersion);
  while (sequence.version < row.version) {
    const page = reader.readBatches(row.id, sequence.version, batchesPerPage);
    if (page.length === 0) return;
    for (const stored of page) {
      if (sequence.version >= row.version) return;
      yield sequence.next(stored);
    }
  }
}

export function* storedEvents(reader: LogReader, row: StreamRow): Generator<PlacedEvent> {
  const { stream, epoch } = row;
  for (const { fromVersion, batch } of storedBatches(reader, row)) {
    for (const [i, event] of eventsOfBatch(batch).entries()) yield { stream, epoch, seq: fromVersion + i + 1, event };
  }
}
