/**
 * Is a score ledger what was written? Its chain, entry by entry; and for the market stream that it is about, what book each prediction
 * was frozen on.
 */

import { EventLogError } from '../log/event-log.ts';
import { LedgerChain, type PlacedEntry } from '../log/ledger-chain.ts';
import type { LogReader, StreamRow } from '../log/log-reader.ts';
import { ledgerOf } from '../log/score-ledger.ts';
import { textOfRows } from '../log/text-rows.ts';
import type { FrozenEntry } from '../protocol/ledger-entry.ts';
import { storedBatches } from './stored-events.ts';

/** @throws {EventLogError} `corrupt`, by the first entry that is not what was written. */
export function* ledgerEntries(reader: LogReader, row: StreamRow): Generator<PlacedEntry> {
  const chain = new LedgerChain(row.stream);
  for (const { batch } of storedBatches(reader, row)) {
    const record = textOfRows(batch);
    if (record === null) throw new EventLogError('corrupt', `ledger ${row.stream} is broken: it holds other rows`);
    yield chain.take(record);
  }
}

/** What was frozen of a market stream in this epoch of it, in order; nothing when there is no ledger, or one that is broken. */
export function frozenOf(
  reader: LogReader,
  streams: readonly StreamRow[],
  { stream, epoch }: StreamRow,
): FrozenEntry[] {
  const ledger = streams.find((row) => row.stream === ledgerOf(stream));
  if (ledger === undefined) return [];
  const frozen: FrozenEntry[] = [];
  try {
    for (const { entry } of ledgerEntries(reader, ledger)) {
      if (entry.kind === 'frozen' && entry.epoch === epoch) frozen.push(entry);
    }
  } catch (error) {
    // The ledger's own check tells of it.
    if (!(error instanceof EventLogError)) throw error;
  }
  return frozen;
}
