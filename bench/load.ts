/**
 * The steady load script with its stages, to 1,000 and then to 5,000 clients, by the stand-in for k6: its thresholds hold, and the
 * server stays small. Clients and server share the machine, and the clients read every snapshot as JSON, so on few cores they are
 * the slower part.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StatsView } from '../src/protocol/http-view.ts';
import type { BenchTable } from './bench-table.ts';
import { LineProcess } from './line-process.ts';
import { Demands, demandColumns } from './scenario/demands.ts';
import { residentKb } from './scenario/resident.ts';

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const mostMemoryMb = 2000;
const lookEveryMs = 500;

interface Result {
  readonly counts: Readonly<Record<string, number>>;
  /** p50, p95, p99 in ms. */
  readonly percentiles: Readonly<Record<string, readonly (number | null)[]>>;
  readonly broken: readonly string[];
}

export async function run({ quick }: { quick: boolean }): Promise<BenchTable[]> {
  const tables: BenchTable[] = [];
  for (const peak of quick ? [100] : [1000, 5000]) tables.push(await loaded(peak, quick ? 'short' : 'brief'));
  return tables;
}

async function loaded(peak: number, stages: string): Promise<BenchTable> {
  const directory = mkdtempSync(join(tmpdir(), 'heatline-load-'));
  const settings = ['HOST=127.0.0.1', 'PORT=0', `DATA_DIR=${directory}`, `WS_MAX_CONNECTIONS=${peak + 10}`];
  const server = new LineProcess(0, [
    'env',
    ...settings,
    process.execPath,
    '--max-semi-space-size=4',
    pathOf('../src/main.ts'),
  ]);
  try {
    const port = await portOf(server);
    const stats = async () => (await (await fetch(`http://127.0.0.1:${port}/ws/stats`)).json()) as StatsView;
    const idleMb = residentKb(server.pid) / 1000;
    let mostMb = 0;
    let mostClients = 0;
    const look = setInterval(async () => {
      mostMb = Math.max(mostMb, residentKb(server.pid) / 1000);
      mostClients = Math.max(mostClients, (await stats()).active_connections);
    }, lookEveryMs);
    const result = await runScript(port, peak, stages);
    clearInterval(look);
    const { messages_dropped_total: dropped } = await stats();
    const demands = new Demands();
    demands.equal('thresholds broken', result.broken.join('; ') || 'none', 'none');
    demands.atMost('memory', mostMb, mostMemoryMb, 'MB');
    demands.moreThan('clients at once', mostClients, 0.99 * peak, '');
    for (const name of ['snapshot_latency', 'first_snapshot']) {
      demands.note(`${name}: p50, p95, p99`, `${result.percentiles[name]!.join(', ')} ms`);
    }
    demands.note('snapshots, errors, dropped', `${result.counts.snapshots}, ${result.counts.errors}, ${dropped}`);
    demands.note('memory before the first client', `${idleMb.toFixed(0)} MB`);
    return {
      title: `k6/steady.js, ${stages} stages to ${peak} clients`,
      columns: demandColumns,
      rows: demands.rows,
      figures: {},
      misses: demands.misses,
    };
  } finally {
    await server.end();
    rmSync(directory, { recursive: true, force: true });
  }
}

function runScript(port: number, peak: number, stages: string): Promise<Result> {
  const env = { ...process.env, WS_URL: `ws://127.0.0.1:${port}/ws/heatmap`, PEAK: String(peak), STAGES: stages };
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [pathOf('../tests/k6/run-script.ts'), pathOf('../k6/steady.js')],
      { env },
      (error, out, err) => (error === null ? resolve(JSON.parse(out)) : reject(new Error(err))),
    );
  });
}

async function portOf(server: LineProcess): Promise<number> {
  for (;;) {
    const line = JSON.parse(await server.line());
    if (line.event !== 'ready') continue;
    server.drain();
    return line.port;
  }
}
