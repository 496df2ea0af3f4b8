/**
 * What comes back from the files of a log: the book after some number of commits, a refusal by its name, or something that must never
 * be: another book, an error that nobody named, or no end.
 */

import type { EventLog } from '../../src/log/event-log.ts';
import { EventLogError } from '../../src/log/event-log.ts';
import { foldStream } from '../../src/log/fold-stream.ts';
import { symbolBookDigest } from '../../src/market/symbol-book-codec.ts';
import { changedLog } from '../changed-log.ts';
import type { LogImage } from './log-image.ts';

export type TailVerdict =
  | { readonly outcome: 'some commits'; readonly found: Found }
  | { readonly outcome: 'refused'; readonly code: string }
  | { readonly outcome: 'wrong'; readonly what: string };

export interface Found {
  /** Version of each stream that is there. */
  readonly versions: ReadonlyMap<string, number>;
  /** A stream has its book and another epoch than it had: its clients take it for a new one, which costs them a snapshot. */
  readonly isRenamed: boolean;
}

const newEpoch = 'made now';

class Wrong extends Error {}

/** @param undamaged bytes of the damaged file before the damage. */
export async function tailVerdict(
  open: () => Promise<EventLog>,
  image: LogImage,
  undamaged: number,
): Promise<TailVerdict> {
  try {
    const log = await open();
    try {
      return { outcome: 'some commits', found: await whatIsThere(log, image, undamaged) };
    } finally {
      await log.close();
    }
  } catch (error) {
    if (error instanceof Wrong) return { outcome: 'wrong', what: error.message };
    if (error instanceof EventLogError) return { outcome: 'refused', code: error.code };
    return { outcome: 'wrong', what: `an error without a name: ${nameOf(error)}` };
  }
}

/** Appends what had come next to a stream, so that a mended log is tried as well. @returns false where nothing had. */
export async function appendNext(open: () => Promise<EventLog>, image: LogImage, stream: string): Promise<boolean> {
  const log = await open();
  try {
    const { epoch, version } = await log.openStream(stream, image.truth.streams.get(stream)!.epoch);
    const batch = image.truth.batchAt(stream, version);
    if (batch === undefined) return false;
    const { outcome } = await log.append(stream, version, batch);
    if (outcome !== 'appended') throw new Error(`nothing can be appended to ${stream} of ${epoch} at ${version}`);
    return true;
  } finally {
    await log.close();
  }
}

async function whatIsThere(log: EventLog, { truth, ends }: LogImage, undamaged: number): Promise<Found> {
  const versions = new Map<string, number>();
  let isRenamed = false;
  for (const [stream, { symbol, epoch: trueEpoch, digests, batches }] of truth.streams) {
    const { epoch, version } = await log.openStream(stream, newEpoch);
    const isNew = epoch === newEpoch && version === 0;
    if (!isNew) versions.set(stream, version);
    isRenamed ||= !isNew && epoch !== trueEpoch;
    const bounded = readingAtMost(log, batches.length);
    const folded = await foldStream(bounded, stream, symbol, version);
    if (digests.get(version) !== symbolBookDigest(folded.book)) {
      throw new Wrong(`another book, folded from ${folded.fromVersion === 0 ? 'the first event' : 'a checkpoint'}`);
    }
    if (folded.fromVersion === 0) continue;
    const { book } = await foldStream(bounded, stream, symbol, version, { usesCheckpoints: false });
    if (digests.get(version) !== symbolBookDigest(book)) throw new Wrong('another book, folded from the first event');
  }
  if (ends === null) return { versions, isRenamed };
  if (isRenamed) throw new Wrong('another epoch');
  const commits = truth.commitsAt(versions);
  if (commits === -1) throw new Wrong('half a commit');
  if (commits < ends.filter((end) => end <= undamaged).length) throw new Wrong('a commit is gone that was not damaged');
  return { versions, isRenamed };
}

/** One that hands out more batches than were ever written goes on for ever. */
function readingAtMost(log: EventLog, batches: number): EventLog {
  return changedLog(log, {
    async *read(stream, fromVersion) {
      let count = 0;
      for await (const stored of log.read(stream, fromVersion)) {
        if (++count > batches) throw new Wrong('a stream that has no end');
        yield stored;
      }
    },
  });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.replaceAll(/\d+/g, 'n')}` : String(error);
}
