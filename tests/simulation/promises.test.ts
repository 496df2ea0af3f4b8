/** The promises of the whole server over many seeds; `SIMULATION_SEEDS` tries more of them. */
import { describe, expect, it } from 'vitest';
import { Simulation } from './simulation.ts';
import { mustHold, mustNotMatter } from './trials.ts';

const seeds = Number(process.env.SIMULATION_SEEDS ?? 200);
/** Of which each is tried with stuck clients beside as well. */
const besideEvery = 10;

describe('a server under everything that a seed can bring', () => {
  it('shows what the log has, never goes back, ends where its clients are, and leaves nothing behind', async () => {
    let pictures = 0;
    let crashes = 0;
    let failures = 0;
    let stops = 0;
    for (let seed = 1; seed <= seeds; seed++) {
      const simulation = await new Simulation({ seed }).run();
      await mustHold(simulation);
      pictures += simulation.clients.reduce((sum, { sightings }) => sum + sightings.length, 0);
      crashes += simulation.lives.crashes;
      failures += simulation.ledger.failures.length;
      stops += simulation.lives.stops;
    }
    // That nothing was broken says something only if much was tried.
    expect(pictures).toBeGreaterThan(50 * seeds);
    expect(crashes).toBeGreaterThan(seeds / 4);
    expect(failures).toBeGreaterThan(seeds / 2);
    expect(stops).toBeGreaterThan(seeds);
  });

  it('sends the same bytes at the same times to all others when clients beside them read nothing', async () => {
    for (let seed = besideEvery; seed <= seeds; seed += besideEvery) await mustHold(await mustNotMatter(seed));
  });
});
