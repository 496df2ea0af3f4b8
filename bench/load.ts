/**
 * The steady load script with its stages, to 1,000 and then to 5,000 clients, by the stand-in for k6: its thresholds hold, and the
 * server stays small. Clients and server share the machine, so on few cores the clients are the slower part.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MetricText } from '../src/doctor/metric-text.ts';
import type { StatsView } from '../src/protocol/http-view.ts';
import { ServerProcess } from '../tests/support/server-process.ts';
import type { BenchTable } from './bench-table.ts';
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
  for (const peak of quick ? [100] : [1000, 5000]) {
    tables.push(await loaded(peak, quick ? 'short' : 'brief'));
    process.stderr.write(`${peak} clients: ${JSON.stringify(tables.at(-1)!.rows)}\n`);
  }
  return tables;
}

async function loaded(peak: number, stages: string): Promise<BenchTable> {
  const directory = mkdtempSync(join(tmpdir(), 'heatline-load-'));
  const settings = {
    DATA_DIR: directory,
    WS_MAX_CONNECTIONS: String(peak + 10),
    SIMULATED_HISTORY: '24',
  };
  const server = await ServerProcess.started(settings);
  try {
    const idleMb = residentKb(server.pid) / 1000;
    let mostMb = 0;
    let mostClients = 0;
    let isOver = false;
    const look = async () => {
      while (!isOver) {
        mostMb = Math.max(mostMb, residentKb(server.pid) / 1000);
        const { active_connections: clients } = await server.json<StatsView>('/ws/stats');
        mostClients = Math.max(mostClients, clients);
        await setTimeout(lookEveryMs);
      }
    };
    const ending = new AbortController();
    const script = runScript(server.url, peak, stages, ending.signal).finally(() => {
      isOver = true;
    });
    const [result] = await Promise.all([script, look()]).finally(() => ending.abort());
    const { messages_dropped_total: dropped } = await server.json<StatsView>('/ws/stats');
    const demands = new Demands();
    demands.equal('thresholds broken', result.broken.join('; ') || 'none', 'none');
    demands.atMost('memory', mostMb, mostMemoryMb, 'MB');
    demands.moreThan('clients at once', mostClients, 0.99 * peak, '');
    for (const name of ['snapshot_latency', 'first_snapshot']) {
      demands.note(`${name}: p50, p95, p99`, `${result.percentiles[name]!.join(', ')} ms`);
    }
    demands.note('snapshots, errors, dropped', `${result.counts.snapshots}, ${result.counts.errors}, ${dropped}`);
    const metrics = new MetricText(await (await fetch(`${server.origin}/metrics`)).text());
    for (const stage of ['snapshot', 'first_write', 'last_write', 'acknowledgement']) {
      const p99 = metrics.quantileSince(new MetricText(''), 'heatline_stage_seconds', 0.99, { stage });
      demands.note(`stage ${stage}, p99 at most`, `${(p99 ?? Number.NaN) * 1000} ms`);
    }
    demands.note('memory before the first client', `${idleMb.toFixed(0)} MB`);
    return {
      title: `k6/steady.js, ${stages} stages to ${peak} clients`,
      columns: demandColumns,
      rows: demands.rows,
      figures: {},
      misses: demands.misses,
    };
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

function runScript(url: string, peak: number, stages: string, signal: AbortSignal): Promise<Result> {
  const env = { ...process.env, WS_URL: url, PEAK: String(peak), STAGES: stages };
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [pathOf('../tests/k6/run-script.ts'), pathOf('../k6/steady.js')],
      { env, signal },
      (error, out, err) => (error === null ? resolve(JSON.parse(out)) : reject(new Error(err))),
    );
  });
}
