/** A deploy under load: three servers behind nginx are ended with SIGTERM and started again, one after another, and no client notices. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { projectRoot } from '../tests/support/server-process.ts';
import { ClusterClient } from '../torture/cluster/cluster-client.ts';
import { ClusterLedger } from '../torture/cluster/cluster-ledger.ts';
import { ClusterStage, symbols } from '../torture/cluster/cluster-stage.ts';
import { wholeEvery } from '../torture/cluster.ts';
import type { BenchTable } from './bench-table.ts';
import { Demands, demandColumns } from './scenario/demands.ts';

const nodes = 3;
/** Ten candles a second, five pictures of them. */
const settings = {
  SOURCE: 'recorded',
  RECORDED_SPEED: '600',
  WS_UPDATE_INTERVAL: '0.2',
  WS_DRAIN_TIME: '2',
  SHUTDOWN_TIMEOUT: '8',
};

export async function run({ quick }: { quick: boolean }): Promise<BenchTable[]> {
  const count = quick ? 60 : 1500;
  const file = (symbol: string) => join(projectRoot, `../shared/data/binance-um-${symbol}-1m-2025-06-12_14.csv`);
  if (!symbols.every((symbol) => existsSync(file(symbol))))
    throw new Error('the recordings in ../shared/data are not there');
  const files = symbols.map((symbol) => `${symbol}=${file(symbol)}`).join(',');
  const stage = await ClusterStage.begin(nodes, { ...settings, RECORDED_FILES: files });
  const ledger = new ClusterLedger();
  const clients = Array.from(
    { length: count },
    (_, i) => new ClusterClient(stage.url, [symbols[i % 2]!], ledger, i % wholeEvery === 0),
  );
  const restartedMs: number[] = [];
  try {
    while (!clients.every((client) => client.hasPicture())) await setTimeout(50);
    await setTimeout(1000);
    for (const client of clients) client.longestSilenceMs = 0;
    for (const node of stage.nodes) {
      const startedAt = performance.now();
      await node.server.stop('SIGTERM');
      await node.start();
      restartedMs.push(performance.now() - startedAt);
      process.stderr.write(`${restartedMs.length} of ${nodes} restarted\n`);
      await setTimeout(1000);
    }
    const silences = clients.map(({ longestSilenceMs }) => longestSilenceMs).sort((a, b) => a - b);
    const sum = (of: (client: ClusterClient) => number) => clients.reduce((total, client) => total + of(client), 0);
    const demands = new Demands();
    demands.equal('pictures missed, repeated or wrong', ledger.problems.length, 0);
    demands.equal(
      'snapshots in place of a resumption',
      sum(({ wholeAgain }) => wholeAgain),
      0,
    );
    demands.atMost('longest time without a picture, of any client', silences.at(-1)!, quick ? 5000 : 1000, 'ms');
    demands.note('the same, median of the clients', `${silences[count >> 1]!.toFixed(0)} ms`);
    demands.note(
      'reconnections, resumed',
      `${sum(({ reconnections }) => reconnections)}, ${sum(({ resumed }) => resumed)}`,
    );
    demands.note('pictures', `${ledger.pictures}, shown ${ledger.shown} times`);
    const { rows, misses } = demands;
    return [
      {
        title: `${nodes} servers restarted in turn under ${count} delta clients`,
        columns: demandColumns,
        rows,
        figures: {},
        misses,
      },
    ];
  } finally {
    for (const client of clients) client.end();
    await stage.end();
  }
}
