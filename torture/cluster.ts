/**
 * Three servers, Redis and nginx under faults: killed, paused, cut off, in an order drawn from a seed. No two pictures ever share a name,
 * no client ever misses or repeats a picture within its connection, and all have the newest one soon after each fault.
 */
import { setTimeout } from 'node:timers/promises';
import { Random } from '../src/feed/random.ts';
import { ClusterClient } from './cluster/cluster-client.ts';
import { clusterFaults, strike, takeovers } from './cluster/cluster-faults.ts';
import { ClusterLedger } from './cluster/cluster-ledger.ts';
import { ClusterStage, symbols } from './cluster/cluster-stage.ts';
import type { TortureOptions } from './torture.ts';

/** Faults: some ten minutes. */
export const defaultRuns = 60;
const nodes = 3;
/** So many clients for a run of the usual length, fewer for a short one. */
const clientsPerRun = 25;
const mostClients = 1500;
/** One in so many puts its pictures together; the others follow their names, which takes a tenth of the time. */
export const wholeEvery = 10;
/** After a fault all are well within this time. */
const wellWithinMs = 10_000;
const takeoverP99Ms = 3000;

export async function run({ runs, seed, progress }: TortureOptions): Promise<string> {
  const random = new Random(`cluster ${seed}`);
  const pick = (count: number) => Math.floor(random.uniform() * count);
  const stage = await ClusterStage.begin(nodes);
  const ledger = new ClusterLedger();
  const clients = Array.from(
    { length: Math.min(runs * clientsPerRun, mostClients) },
    (_, i) =>
      new ClusterClient(
        stage.url,
        i % 2 === 0 ? symbols : [symbols[i % symbols.length]!],
        ledger,
        i % wholeEvery === 0,
      ),
  );
  const takeoverMs: number[] = [];
  const wellMs: number[] = [];
  const struck: string[] = [];
  let watch = new AbortController();
  try {
    await well(clients, ledger, 'the start', 30_000);
    for (let done = 1; done <= runs; done++) {
      const fault = clusterFaults[pick(clusterFaults.length)]!;
      struck.push(fault);
      watch = new AbortController();
      const takeover = takeovers.includes(fault) ? silenceAfter(ledger, watch.signal) : null;
      await strike(stage, fault, pick);
      const overAt = performance.now();
      await well(clients, ledger, `fault ${done} of seed ${seed}, ${fault}`, wellWithinMs);
      wellMs.push(performance.now() - overAt);
      watch.abort();
      if (takeover !== null) takeoverMs.push(await takeover);
      if (ledger.problems.length > 0)
        throw new Error(
          `fault ${done} of seed ${seed} (${struck.join(', ')}): ${ledger.problems.slice(0, 5).join('; ')}`,
        );
      progress(done);
    }
    const late = percentile(takeoverMs, 0.99);
    if (late > takeoverP99Ms)
      throw new Error(`p99 of takeovers ${late.toFixed(0)} ms, demanded ${takeoverP99Ms} (${struck.join(', ')})`);
    const sum = (of: (client: ClusterClient) => number) => clients.reduce((total, client) => total + of(client), 0);
    return (
      `${runs} faults, ${clients.length} clients, ${ledger.pictures} pictures shown ${ledger.shown} times, each with one checksum; ` +
      `${sum(({ reconnections }) => reconnections)} reconnections, ${sum(({ resumed }) => resumed)} resumed, ${sum(({ wholeAgain }) => wholeAgain)} begun anew; ` +
      `without pictures after a node failed: median ${percentile(takeoverMs, 0.5).toFixed(0)} ms, p99 ${late.toFixed(0)} ms; ` +
      `all well after a fault: median ${percentile(wellMs, 0.5).toFixed(0)} ms, most ${percentile(wellMs, 1).toFixed(0)} ms`
    );
  } finally {
    watch.abort();
    for (const client of clients) client.end();
    await stage.end();
  }
}

/** Every client has the newest picture, of a moment after now. */
async function well(
  clients: readonly ClusterClient[],
  ledger: ClusterLedger,
  when: string,
  withinMs: number,
): Promise<void> {
  const from = Date.now();
  const deadline = performance.now() + withinMs;
  const isFresh = () => symbols.every((symbol) => (ledger.newest(symbol)?.madeAt ?? 0) > from);
  let left: readonly ClusterClient[] = clients;
  for (;;) {
    // One that has had the newest of any moment since is well.
    if (isFresh()) left = left.filter((client) => !client.hasAll());
    if (left.length === 0) return;
    if (performance.now() > deadline)
      throw new Error(
        `${left.length} of ${clients.length} clients are not well ${withinMs} ms after ${when}: ${stateOf(left[0]!, ledger)}`,
      );
    await setTimeout(20);
  }
}

function stateOf(client: ClusterClient, ledger: ClusterLedger): string {
  const newest = symbols.map((symbol) => `${symbol} ${ledger.newest(symbol)?.seq} of ${ledger.newest(symbol)?.madeAt}`);
  return `newest ${newest.join(', ')}, now ${Date.now()}; the first of them ${client.state()}; ${ledger.problems.slice(0, 3).join('; ')}`;
}

/** Longest time without a new picture of any symbol, from now to the end of the watch. */
async function silenceAfter(ledger: ClusterLedger, signal: AbortSignal): Promise<number> {
  ledger.takeLongestSilence();
  while (!signal.aborted) await setTimeout(20);
  return ledger.takeLongestSilence();
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0;
}
