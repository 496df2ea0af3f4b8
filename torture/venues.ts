/** Venues that are cut, repeat themselves, mix up their order, refuse and garble, and a server that restarts: the same book, or told gaps. */
import type { TortureOptions } from './torture.ts';
import { runSchedule } from './venues/schedule.ts';
import { judge } from './venues/verdict.ts';

export const defaultRuns = 10_000;

export async function run({ runs, seed, progress }: TortureOptions): Promise<string> {
  const sums = { whole: 0, missing: 0, gaps: 0, cuts: 0, filled: 0, duplicates: 0, refusals: 0, restarts: 0 };
  for (let i = 0; i < runs; i++) {
    try {
      const result = await runSchedule(seed + i);
      const verdict = judge(result);
      if (verdict.isWhole) sums.whole++;
      sums.missing += verdict.missing;
      sums.gaps += verdict.gaps;
      sums.cuts += result.interruptions;
      sums.filled += result.counts.gapsFilled;
      sums.duplicates += result.counts.duplicates;
      sums.refusals += result.refusals;
      sums.restarts += result.restarts;
    } catch (error) {
      throw new Error(`seed ${seed + i}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
    progress(i + 1);
  }
  const { whole, missing, gaps, cuts, filled, duplicates, refusals, restarts } = sums;
  return [
    `${whole} of ${runs} ended in the book of the unbroken feed, the others lack ${missing} facts, all within told gaps (${gaps})`,
    `${cuts} interruptions, ${filled} trades got back, ${duplicates} duplicates, ${refusals} refused requests, ${restarts} restarts`,
  ].join('\n');
}
