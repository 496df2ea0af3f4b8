/** The same seed gives the same bytes at the same virtual times; and what would break that, or a promise, is noticed. */
import { describe, expect, it } from 'vitest';
import { gridMs } from './dice.ts';
import { judge } from './judge.ts';
import type { Mutant } from './mutant.ts';
import { Simulation } from './simulation.ts';
import { mustHold, mustNotMatter, mustReplay } from './trials.ts';

const seeds = Array.from({ length: 10 }, (_, i) => i + 1);

/** @returns every promise that was broken with the first seed that breaks one. */
async function brokenWith(mutant: Mutant): Promise<string> {
  for (const seed of seeds) {
    const broken = await judge(await new Simulation({ seed, mutant }).run());
    if (broken.length > 0) return broken.join('\n');
  }
  return 'nothing was noticed';
}

/** @returns what it says of the first seed that breaks something. */
async function saidOf(trial: (seed: number) => Promise<unknown>): Promise<string> {
  for (const seed of seeds) {
    try {
      await trial(seed);
    } catch (error) {
      return String(error);
    }
  }
  return 'nothing was noticed';
}

/** Every fifth picture of a symbol is the one before the last. */
const showsOldPictures: Mutant = {
  rendered: (snapshot, earlier) => (earlier.length % 5 === 4 ? earlier.at(-2)! : snapshot),
};

describe('a simulation', () => {
  it('gives the same bytes on every socket, at the same virtual times, for the same seed', async () => {
    for (const seed of seeds) await mustReplay(await new Simulation({ seed }).run());
  });

  it('is another one for every other seed', async () => {
    const digests = new Set<string>();
    for (const seed of seeds) digests.add((await new Simulation({ seed }).run()).recording.digest);
    expect(digests.size).toBe(seeds.length);
  });

  it('goes as well with the simulated market itself as with what was taped of it', async () => {
    for (const seed of seeds) {
      const live = await new Simulation({ seed, isMarketLive: true }).run();
      await mustHold(live);
      const taped = await new Simulation({ seed }).run();
      // A market that begins anew begins at another time, and is another one.
      if (live.lives.stores.size === 1) expect(live.recording.difference(taped.recording)).toBeNull();
    }
  });
});

describe('a simulation notices', () => {
  it.each<[string, () => Mutant]>([
    ['the real time in a frame', () => ({ wallClock: () => performance.timeOrigin + performance.now() })],
    ['an unseeded random number', () => ({ renderDelayMs: () => (Math.random() < 0.5 ? gridMs : 0) })],
  ])('%s: two runs differ, and where', async (_, mutantOf) => {
    const mutant = mutantOf();
    const said = await saidOf(async (seed) => mustReplay(await new Simulation({ seed, mutant }).run(), mutant));
    expect(said).toMatch(/^Error: seed 1: two runs differ: socket client-\d#\d, frame \d+: \d+ bytes at/);
  });

  it('a picture with other levels than the log, though its checksum fits', async () => {
    const mutant: Mutant = {
      job: (job) => ({
        ...job,
        window: { ...job.window, scales: job.window.scales.map((scale) => ({ ...scale, long: scale.long * 1.01 })) },
      }),
    };
    expect(await brokenWith(mutant)).toMatch(/does not have the levels of the log/);
  });

  it('a delta that is made from another picture than was shown', async () => {
    const mutant: Mutant = {
      rendered: (snapshot) => {
        const longDensity = snapshot.levels.longDensity.map((usd) => usd + 1);
        return { ...snapshot, levels: { ...snapshot.levels, longDensity } };
      },
    };
    expect(await brokenWith(mutant)).toMatch(/delta of \w+ e\d \d+ was not shown: repair/);
  });

  it('an old picture behind a newer one', async () => {
    expect(await brokenWith(showsOldPictures)).toMatch(/goes back to/);
  });

  it('pictures of events that the log never had', async () => {
    expect(await brokenWith({ answersEarly: true })).toMatch(/is of no event in the log/);
  });

  it('a timer that a stop has left behind', async () => {
    expect(await brokenWith({ keepsTicking: true })).toMatch(/after a stop there are left: \d timers/);
  });

  it('a slow client that holds up the others', async () => {
    const mutant: Mutant = { renderDelayMs: (unreadBytes) => (unreadBytes > 0 ? 50 : 0) };
    expect(await saidOf((seed) => mustNotMatter(seed, mutant))).toMatch(/clients beside that are stuck, and without/);
  });

  it('and says the same again when the seed that it names is played again', async () => {
    const trial = async (seed: number) => mustHold(await new Simulation({ seed, mutant: showsOldPictures }).run());
    const said = await saidOf(trial);
    const named = Number(/--seed (\d+)$/.exec(said)?.[1]);
    expect(seeds).toContain(named);
    expect(await saidOf(() => trial(named))).toBe(said);
  });
});
