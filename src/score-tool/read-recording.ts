/** A price file and a file of liquidated totals as one recording, with a digest of both: a score names what it was made from. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readCandleFile } from '../feed/candle-file.ts';
import { type RecordedObservation, type Recording, RecordingError } from '../score/recording.ts';
import { readLiquidations } from './liquidation-file.ts';

export interface ReadRecording {
  readonly recording: Recording;
  /** SHA-256 of the price file followed by the liquidation file. */
  readonly digest: string;
}

/** @throws {RecordingError | FeedError} what is wrong with a file, by line and column. */
export async function readRecording(
  symbol: string,
  pricePath: string,
  liquidationPath: string,
): Promise<ReadRecording> {
  const observations: RecordedObservation[] = [];
  for await (const some of readCandleFile(pricePath)) {
    for (const one of some) if (one.kind === 'candle' || one.kind === 'open_interest') observations.push(one);
  }
  // A candle file gives the open interest of a minute's start after the candle that ends there, which is the order they were known in.
  const liquidations = readFileSync(liquidationPath);
  const { totals, intervalMs } = readLiquidations(liquidationPath, liquidations.toString('utf8'));
  const last = observations.at(-1)!.time;
  const covered = totals.filter(({ time }) => time > observations[0]!.time && time + intervalMs <= last);
  if (covered.length === 0)
    throw new RecordingError(`${liquidationPath}: no interval lies within the times of ${pricePath}`);
  const digest = createHash('sha256').update(readFileSync(pricePath)).update(liquidations).digest('hex');
  return { recording: { symbol, observations, totals: covered, intervalMs }, digest };
}
