/** Many clients that come, go, stall and talk nonsense for a long time: memory stays, and every counter is what the clients saw. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { StatsView } from '../src/protocol/http-view.ts';
import type { BenchTable } from './bench-table.ts';
import { LineProcess } from './line-process.ts';
import { Demands, demandColumns } from './scenario/demands.ts';
import { residentKb } from './scenario/resident.ts';
import { RowdyClients } from './scenario/rowdy-clients.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const seed = 1;
const stepMs = 1000;

export async function run({ quick }: { quick: boolean }): Promise<BenchTable[]> {
  const clients = quick ? 50 : 1000;
  const seconds = quick ? 10 : 600;
  const directory = mkdtempSync(join(tmpdir(), 'heatline-soak-'));
  const settings = [
    ...['HOST=127.0.0.1', 'PORT=0', `DATA_DIR=${directory}`, 'SIMULATED_HISTORY=1', 'WS_UPDATE_INTERVAL=1'],
    ...[`WS_MAX_CONNECTIONS=${clients + 10}`, 'NODE_OPTIONS=--expose-gc'],
  ];
  const server = new LineProcess(0, ['env', ...settings, process.execPath, main]);
  try {
    const ready = await readyLine(server);
    const stats = async () => (await (await fetch(`http://127.0.0.1:${ready.port}/ws/stats`)).json()) as StatsView;
    const rowdy = new RowdyClients({ port: ready.port, clients, seed });
    await rowdy.join(clients);
    const memory: number[] = [];
    for (let second = 0; second < seconds; second++) {
      await Promise.all([rowdy.step(), setTimeout(stepMs)]);
      memory.push(residentKb(server.pid) / 1024);
      if (second % 30 === 29) process.stderr.write(`${second + 1} s: ${memory.at(-1)!.toFixed(0)} MB\n`);
    }
    await rowdy.quiet();
    const seen = await stats();
    const demands = new Demands();
    demands.equal('active_connections', seen.active_connections, rowdy.present);
    demands.equal('messages_sent_total', seen.messages_sent_total, rowdy.read);
    const subscriptions = Object.values(seen.subscriptions_by_symbol).reduce((a, b) => a + b, 0);
    demands.equal('subscriptions when all have unsubscribed', subscriptions, 0);
    demands.equal('clients lost', rowdy.lost, 0);
    const settled = memory.slice(quick ? Math.floor(seconds / 2) : 60);
    const third = Math.floor(settled.length / 3);
    const grown = medianOf(settled.slice(-third)) - medianOf(settled.slice(0, third));
    demands.atMost('memory grown from the first third to the last', grown, quick ? 30 : 5, 'MB');
    demands.note('memory at the end', `${memory.at(-1)!.toFixed(0)} MB`);
    demands.note('joins, leaves, messages dropped', `${rowdy.joins}, ${rowdy.leaves}, ${seen.messages_dropped_total}`);
    rowdy.leaveAll();
    return [
      {
        title: `${clients} rowdy clients for ${seconds} s (seed ${seed})`,
        columns: demandColumns,
        rows: demands.rows,
        figures: {},
        misses: demands.misses,
      },
    ];
  } finally {
    await server.end();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function readyLine(server: LineProcess): Promise<{ port: number }> {
  for (;;) {
    const line = JSON.parse(await server.line());
    if (line.event === 'ready') {
      server.drain();
      return line;
    }
  }
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
