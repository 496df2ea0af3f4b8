/** The whole server core on a virtual clock with all that may befall it: promises held, runs that replay, slow clients that do not matter. */
import { Simulation } from '../tests/simulation/simulation.ts';
import { mustHold, mustNotMatter, mustReplay } from '../tests/simulation/trials.ts';
import type { TortureOptions } from './torture.ts';

export const defaultRuns = 500;

export async function run({ runs, seed, progress }: TortureOptions): Promise<string> {
  const sums = { frames: 0, pictures: 0, recoveries: 0, failures: 0, crashes: 0 };
  for (let i = 0; i < runs; i++) {
    const simulation = await new Simulation({ seed: seed + i }).run();
    await mustHold(simulation);
    await mustReplay(simulation);
    await mustHold(await mustNotMatter(seed + i));
    sums.frames += simulation.recording.frames;
    sums.pictures += simulation.clients.reduce((sum, { sightings }) => sum + sightings.length, 0);
    sums.recoveries += simulation.ledger.recoveries;
    sums.failures += simulation.ledger.failures.length;
    sums.crashes += simulation.lives.crashes;
    progress(i + 1);
  }
  const { frames, pictures, recoveries, failures, crashes } = sums;
  return `${frames} frames, ${pictures} pictures held against the log; ${crashes} crashes, ${failures} failed actors, ${recoveries} recoveries`;
}
