/**
 * Runs a k6 script against a server without k6: `node run-script.ts SCRIPT`, with WS_URL and STAGES in the environment. Virtual users come
 * as the stages say and turn over until the time is up; then thresholds are judged. Prints one line of JSON.
 */
import { registerHooks } from 'node:module';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { brokenThresholds, recorded } from './k6-metrics.ts';
import { closeAll, turn } from './k6-websockets.ts';

const standIns: Readonly<Record<string, string>> = {
  'k6/metrics': new URL('./k6-metrics.ts', import.meta.url).href,
  'k6/experimental/websockets': new URL('./k6-websockets.ts', import.meta.url).href,
};

registerHooks({
  resolve: (specifier, context, next) => next(standIns[specifier] ?? specifier, context),
});

interface Script {
  readonly options: {
    readonly stages?: readonly { duration: string; target: number }[];
    readonly scenarios?: Readonly<Record<string, { vus: number; iterations: number; maxDuration: string }>>;
    readonly thresholds: Readonly<Record<string, readonly string[]>>;
  };
  default(): void;
}

Object.assign(globalThis, { __ENV: process.env, __VU: 0 });
const script = (await import(pathToFileURL(process.argv[2]!).href)) as Script;

const msOf = (duration: string) =>
  [...duration.matchAll(/(\d+)(h|m|s)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * { h: 3_600_000, m: 60_000, s: 1000 }[unit as 'h' | 'm' | 's'],
    0,
  );

let isOver = false;
let users = 0;
let turns = 0;

async function user(iterations: number): Promise<void> {
  const number = ++users;
  for (let iteration = 0; iteration < iterations && !isOver; iteration++) {
    turns++;
    await turn(() => {
      Object.assign(globalThis, { __VU: number });
      script.default();
    });
  }
}

async function run(): Promise<void> {
  const running: Promise<void>[] = [];
  const { stages = [], scenarios = {} } = script.options;
  for (const { vus, iterations, maxDuration } of Object.values(scenarios)) {
    for (let vu = 0; vu < vus; vu++) running.push(user(iterations));
    await Promise.race([Promise.all(running), setTimeout(msOf(maxDuration))]);
  }
  for (const { duration, target } of stages) {
    const more = Math.max(target - users, 0);
    const pauseMs = msOf(duration) / Math.max(more, 1);
    for (let added = 0; added < more; added++) {
      running.push(user(Number.POSITIVE_INFINITY));
      await setTimeout(pauseMs);
    }
    if (more === 0) await setTimeout(msOf(duration));
  }
  isOver = true;
  closeAll();
  await Promise.all(running);
}

await run();
const percentiles = Object.fromEntries(
  [...recorded].map(([name, samples]) => {
    const sorted = [...samples].sort((a, b) => a - b);
    return [name, [50, 95, 99].map((share) => sorted[Math.floor((sorted.length * share) / 100)] ?? null)];
  }),
);
const counts = Object.fromEntries([...recorded].map(([name, samples]) => [name, samples.length]));
process.stdout.write(
  `${JSON.stringify({ users, turns, counts, percentiles, broken: brokenThresholds(script.options.thresholds) })}\n`,
);
process.exit(0);
