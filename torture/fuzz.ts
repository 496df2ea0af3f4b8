/**
 * Inputs that are nearly right and inputs made by their grammar, for everything that takes in what strangers send or disks keep: each
 * is taken or refused by its name, nothing throws, and nothing is stuck. Run `i` is made from seed + `i` alone.
 */
import { Worker } from 'node:worker_threads';
import type { FuzzCounts, FuzzMessage, FuzzWork } from './fuzz/fuzz-worker.ts';
import type { TortureOptions } from './torture.ts';

export const defaultRuns = 1_000_000;
/** An input takes milliseconds. */
const patienceMs = 30_000;
const lookMs = 1000;
const mostMemoryMb = 1024;

export async function run({ runs, seed, progress }: TortureOptions): Promise<string> {
  const current = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT));
  current[0] = seed;
  const worker = new Worker(new URL('./fuzz/fuzz-worker.ts', import.meta.url), {
    workerData: { seed, runs, current } satisfies FuzzWork,
    resourceLimits: { maxOldGenerationSizeMb: mostMemoryMb },
  });
  let looked = seed;
  let movedAt = performance.now();
  const counts = await new Promise<FuzzCounts>((resolve, reject) => {
    const broken = (of: number, what: string) => reject(new Error(`seed ${of} (--seed ${of} --runs 1): ${what}`));
    const looking = setInterval(() => {
      const now = performance.now();
      if (current[0] !== looked) {
        looked = current[0]!;
        movedAt = now;
      }
      progress(looked - seed + 1);
      if (now - movedAt > patienceMs) broken(looked, `stuck for ${patienceMs} ms`);
    }, lookMs);
    worker.on('message', (message: FuzzMessage) => {
      if (message.type === 'ended') resolve(message.counts);
      else broken(message.seed, `${message.name}: ${message.what}`);
    });
    worker.on('error', (error) => broken(current[0]!, `not caught: ${(error as Error).stack ?? error}`));
    worker.on('exit', (code) => {
      clearInterval(looking);
      broken(current[0]!, `the thread ended with ${code}`);
    });
  }).finally(() => worker.terminate());
  return linesOf(counts, runs);
}

function linesOf(counts: FuzzCounts, runs: number): string {
  const lines = Object.entries(counts).map(([name, outcomes]) => {
    const total = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
    const parts = Object.entries(outcomes).sort(([, a], [, b]) => b - a);
    return `  ${name} ${total}: ${parts.map(([outcome, count]) => `${outcome} ${count}`).join(', ')}`;
  });
  return [`${runs} inputs`, ...lines.sort()].join('\n');
}
