/**
 * `kill -9` at random moments of a loaded server: nothing that was shown is ever lost, no event is there twice, no seq goes back, and
 * the book is the fold of the log.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCandleFiles } from './kill9/candle-files.ts';
import { KillHistory } from './kill9/kill-history.ts';
import type { TortureOptions } from './torture.ts';

/** Kills. */
export const defaultRuns = 200;
/** More than the longest history plays. */
const candleRows = 300_000;

export async function run({ runs, seed, progress }: TortureOptions): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'heatline-kill9-'));
  const candles = writeCandleFiles(root, candleRows);
  const histories: KillHistory[] = [];
  let kills = 0;
  while (kills < runs) {
    const directory = mkdtempSync(join(root, 'history-'));
    const history = new KillHistory({ seed: seed + histories.length, mostKills: runs - kills, candles, directory });
    await history.play(() => progress(++kills));
    histories.push(history);
    rmSync(directory, { recursive: true });
  }
  // Kept when something broke: the files are the evidence, since nobody can make the moment of a kill come again.
  rmSync(root, { recursive: true });
  const sum = (of: (history: KillHistory) => number) => histories.reduce((total, history) => total + of(history), 0);
  return (
    `${kills} kills in ${histories.length} histories, ${sum(({ idle }) => idle)} of them before anything new was written; ` +
    `${sum(({ events }) => events)} events in the logs, and in them again ${sum(({ witness }) => witness.pictures)} pictures ` +
    `that were shown ${sum(({ witness }) => witness.shown)} times; ${sum(({ resumed }) => resumed)} resumed`
  );
}
