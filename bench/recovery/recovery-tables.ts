/** What it takes to have the book again: from nothing, and, after a checkpoint was saved, with a server around it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evolve, initialBook } from '../../src/market/book.ts';
import type { EventBatch } from '../../src/market/event-batch.ts';
import type { BenchTable } from '../bench-table.ts';
import { type BenchCase, logDirectory } from './bench-case.ts';
import { FilledLog } from './filled-log.ts';
import { candleFile, symbol } from './market.ts';
import { measured, type Section, tableOf } from './section.ts';
import { startToReady } from './start-to-ready.ts';
import { ownStore } from './stores.ts';
import { trueBook } from './true-book.ts';

const leastReplayMillionsPerSecond = 2;
const longestStartSeconds = 2;

/** @param bench whose logs are filled, closed and without a checkpoint. */
export async function recoveryTables(bench: BenchCase): Promise<BenchTable[]> {
  const rounds = bench.isQuick ? 3 : 5;
  const truth = trueBook(bench.market);
  const candles = join(bench.directory, 'candles.csv');
  writeFileSync(candles, candleFile());
  const logs = bench.found.map((store) => new FilledLog(store, logDirectory(bench, store), truth, candles));
  const contenders = (measure: (log: FilledLog) => Promise<number>, limit: Section['contenders'][0]) => {
    const [own, ...rivals] = logs.map((log) => ({ name: log.store.name, measure: () => measure(log) }));
    return [own!, ...rivals, limit] as const;
  };
  const all = `${truth.version / 1e6} million events`;
  const replay: Section = {
    name: 'replay',
    title: `Replay of ${all} into a book, from nothing`,
    unit: 'million events/s',
    demand: leastReplayMillionsPerSecond,
    isTime: false,
    contenders: contenders((log) => log.replay(), {
      name: 'limit: the same events in memory',
      measure: () => foldInMemory(bench.market),
    }),
  };
  const replayed = tableOf(replay, bench.missing, await measured([replay], rounds));

  for (const log of logs) await log.saveCheckpoint();
  const start: Section = {
    name: 'start',
    title: `Start of the server with ${all} in its log, ${truth.version - truth.checkpoint.version} behind its checkpoint`,
    unit: 's to ready',
    demand: longestStartSeconds,
    isTime: true,
    contenders: contenders((log) => log.start(), {
      name: 'limit: an empty log',
      measure: () => startOnNothing(join(bench.directory, 'empty'), candles),
    }),
  };
  return [replayed, tableOf(start, bench.missing, await measured([start], rounds))];
}

function foldInMemory(market: readonly EventBatch[]): number {
  const startedAt = performance.now();
  const book = initialBook(symbol);
  for (const batch of market) evolve(book, batch);
  return book.version / ((performance.now() - startedAt) * 1000);
}

async function startOnNothing(directory: string, candles: string): Promise<number> {
  mkdirSync(directory);
  const ms = await startToReady({
    server: ownStore.server,
    directory,
    candleFile: candles,
    fromVersion: 0,
    version: 0,
  });
  rmSync(directory, { recursive: true });
  return ms / 1000;
}
