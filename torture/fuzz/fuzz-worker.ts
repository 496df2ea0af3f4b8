/** The thread in which inputs are tried, so that an endless loop and an exception that nobody catches are seen from outside, by seed. */
import { parentPort, workerData } from 'node:worker_threads';
import { Dice } from '../../tests/simulation/dice.ts';
import { BatchTarget } from './batch-target.ts';
import { CandleTarget } from './candle-target.ts';
import { CheckpointTarget } from './checkpoint-target.ts';
import { EventFileTarget } from './event-file-target.ts';
import { FrameTarget } from './frame-target.ts';
import { FuzzServer } from './fuzz-server.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { HttpTarget } from './http-target.ts';
import { MessageTarget } from './message-target.ts';
import { QueryTarget } from './query-target.ts';
import { RouteTarget } from './route-target.ts';

export interface FuzzWork {
  readonly seed: number;
  readonly runs: number;
  /** The seed under way. */
  readonly current: Float64Array<SharedArrayBuffer>;
}

/** Outcomes of each class of inputs, with how often. */
export type FuzzCounts = Record<string, Record<string, number>>;

export type FuzzMessage =
  | { readonly type: 'broken'; readonly seed: number; readonly name: string; readonly what: string }
  | { readonly type: 'ended'; readonly counts: FuzzCounts };

/** In a thousand; those on real sockets and files cost a hundred times what the others do. */
const weights = {
  message: 420,
  query: 221,
  route: 120,
  batch: 140,
  checkpoint: 20,
  candles: 25,
  event_csv: 8,
  event_parquet: 6,
  http: 30,
  frames: 20,
} as const;

const { seed: firstSeed, runs, current } = workerData as FuzzWork;
const server = await FuzzServer.started();
const targets: Record<keyof typeof weights, FuzzTarget> = {
  message: new MessageTarget(),
  query: new QueryTarget(),
  route: new RouteTarget(),
  batch: new BatchTarget(),
  checkpoint: new CheckpointTarget(),
  candles: new CandleTarget(),
  event_csv: await EventFileTarget.of('csv'),
  event_parquet: await EventFileTarget.of('parquet'),
  http: new HttpTarget(server),
  frames: new FrameTarget(server),
};

const counts: FuzzCounts = {};
let name: keyof typeof weights = 'message';
try {
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    current[0] = seed;
    const dice = new Dice(`fuzz/${seed}`);
    name = dice.weighted(weights);
    const outcome = targets[name].try(dice);
    const settled = typeof outcome === 'string' ? outcome : await outcome;
    counts[name] ??= {};
    counts[name][settled] = (counts[name][settled] ?? 0) + 1;
  }
  for (const target of Object.values(targets)) await target.close();
  await server.stop();
  parentPort!.postMessage({ type: 'ended', counts } satisfies FuzzMessage);
} catch (error) {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  parentPort!.postMessage({ type: 'broken', seed: current[0]!, name, what } satisfies FuzzMessage);
}
