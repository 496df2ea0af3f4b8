/** `npm run torture -- NAME [--runs N] [--seed N]`: one promise, tried for long. Ends with 1 and the seed when it was broken. */
import { parseArgs } from 'node:util';
import * as cluster from './cluster.ts';
import * as faults from './faults.ts';
import * as fuzz from './fuzz.ts';
import * as kill9 from './kill9.ts';
import * as simulation from './simulation.ts';
import * as tail from './tail.ts';
import type { Torture } from './torture.ts';
import * as venues from './venues.ts';

const tortures: Readonly<Record<string, Torture>> = { cluster, faults, fuzz, kill9, simulation, tail, venues };
const usage = `npm run torture -- NAME [--runs N] [--seed N]. There is: ${Object.keys(tortures).join(', ')}`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string' }, seed: { type: 'string', default: '1' } },
});
const torture = tortures[positionals[0] ?? ''];
const runs = Number(values.runs ?? torture?.defaultRuns);
const seed = Number(values.seed);

if (torture === undefined || !Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed)) {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
} else {
  const startedAt = performance.now();
  const everyMs = 5000;
  let shownAt = startedAt;
  const progress = (done: number, of = runs) => {
    const now = performance.now();
    if (now - shownAt < everyMs) return;
    shownAt = now;
    const left = Math.round(((now - startedAt) / done / 1000) * (of - done));
    process.stderr.write(`${done} of ${of} runs, about ${left} s left\n`);
  };
  try {
    const summary = await torture.run({ runs, seed, progress });
    process.stdout.write(`${positionals[0]} from seed ${seed}: nothing broken\n${summary}\n`);
  } catch (error) {
    process.stdout.write(`${positionals[0]}: BROKEN. ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  }
}
