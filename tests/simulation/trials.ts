/** What is tried with a seed. Each throws what was broken, with the seed that breaks it again. */
import { judge } from './judge.ts';
import type { Mutant } from './mutant.ts';
import { besidePrefix, journalTrack, Simulation } from './simulation.ts';

/** All promises of the server, whatever befalls it. */
export async function mustHold(simulation: Simulation): Promise<void> {
  const [first, ...more] = await judge(simulation);
  if (first === undefined) return;
  throw broken(simulation.seed, more.length === 0 ? first : `${first} (and ${more.length} more)`);
}

/** The same again is the same: every byte on every socket, at its time. */
export async function mustReplay(simulation: Simulation, mutant: Mutant = {}): Promise<void> {
  const { seed, recording } = simulation;
  const again = await new Simulation({ seed, mutant }).run();
  if (again.recording.digest === recording.digest) return;
  const difference = recording.difference(again.recording) ?? 'the digests differ';
  throw broken(seed, `two runs differ: ${difference}`);
}

/** Clients that read nothing change no byte and no time for the others. @returns the run with them. */
export async function mustNotMatter(seed: number, mutant: Mutant = {}): Promise<Simulation> {
  const isOther = (track: string) => track !== journalTrack && !track.startsWith(besidePrefix);
  const stuck = await new Simulation({ seed, mutant, beside: 'stuck' }).run();
  const gone = await new Simulation({ seed, mutant, beside: 'gone' }).run();
  const difference = stuck.recording.difference(gone.recording, isOther);
  if (difference !== null) throw broken(seed, `with clients beside that are stuck, and without: ${difference}`);
  return stuck;
}

function broken(seed: number, what: string): Error {
  return new Error(`seed ${seed}: ${what}. Again with: npm run torture -- simulation --runs 1 --seed ${seed}`);
}
