/**
 * What one frame to one client costs, servers side by side: every server on one core, the clients (a C program that only counts) on the
 * other, one tick in flight. The limit is a C program that writes the same bytes to every socket and does nothing else.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchTable } from './bench-table.ts';
import { type Case, demandsOf, largestIdleKb } from './fanout/demands.ts';
import { measureFanOut } from './fanout/measure.ts';
import { type Missing, type Rival, rivals } from './fanout/rivals.ts';
import { shown, spreadOf } from './rounds.ts';

const here = fileURLToPath(new URL('./fanout/', import.meta.url));

interface Figures {
  readonly cpu: number[];
  readonly p50: number[];
  readonly p99: number[];
  readonly idleKb: number[];
}

export async function run({ quick }: { quick: boolean }): Promise<BenchTable[]> {
  const directory = mkdtempSync(join(tmpdir(), 'heatline-fanout-'));
  try {
    const compile = (name: string) => {
      execFileSync('gcc', ['-O2', '-o', join(directory, name), join(here, `${name}.c`)]);
      return join(directory, name);
    };
    const receiver = compile('receiver');
    const writeServer = compile('write-server');
    const cases: Case[] = quick
      ? [{ levels: 100, clients: 1000 }]
      : [100, 500].flatMap((levels) => [1000, 5000].map((clients) => ({ levels, clients })));
    const tables: BenchTable[] = [];
    for (const each of cases) {
      const payload = join(directory, `${each.levels}.json`);
      writeFileSync(payload, JSON.stringify(snapshotOf(each.levels)));
      const { found, missing } = rivals(writeServer, payload, each.clients);
      const figures = await compare(found, receiver, each.clients, quick ? 1 : 3, quick ? 20_000 : 100_000);
      tables.push(tableOf(each, found, missing, figures, quick));
    }
    return tables;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @param frames that the cheap ones are given in a round. */
async function compare(
  found: readonly Rival[],
  receiver: string,
  clients: number,
  rounds: number,
  frames: number,
): Promise<Map<string, Figures>> {
  const figures = new Map<string, Figures>(found.map(({ name }) => [name, { cpu: [], p50: [], p99: [], idleKb: [] }]));
  for (let round = 0; round < rounds; round++) {
    for (const rival of found) {
      const ticks = Math.max(Math.ceil((frames * rival.effort) / clients), 3);
      const result = await measureFanOut({ ...rival, receiver, clients, ticks });
      const own = figures.get(rival.name)!;
      own.cpu.push(result.cpuUsPerFrame);
      own.p50.push(result.spreadMs.p50);
      own.p99.push(result.spreadMs.p99);
      own.idleKb.push(result.idleKbPerClient);
      process.stderr.write(`round ${round + 1}: ${rival.name} ${result.cpuUsPerFrame.toFixed(1)} µs a frame\n`);
    }
  }
  return figures;
}

function tableOf(
  each: Case,
  found: readonly Rival[],
  missing: readonly Missing[],
  all: Map<string, Figures>,
  isQuick: boolean,
): BenchTable {
  const { levels, clients } = each;
  const cpuOf = (name: string) => spreadOf(all.get(name)?.cpu ?? [Number.NaN]).median;
  const limit = cpuOf(found[0]!.name);
  const misses: string[] = [];
  const check = (what: string, got: number, atMost: number) => {
    if (Number.isNaN(got)) misses.push(`${what}: not checked, the rival is missing`);
    else if (got > atMost) misses.push(`${what}: ${got.toFixed(3)}, at most ${atMost.toFixed(3)} is asked`);
  };
  // One short round says nothing.
  if (!isQuick) {
    for (const { name, against, atMost } of demandsOf(each)) {
      check(`${name} against ${against}`, cpuOf(name) / cpuOf(against), atMost);
    }
    if (clients === 5000) check('kB a client', spreadOf(all.get('heatline')!.idleKb).median, largestIdleKb);
  }
  const rows = found.map(({ name }) => {
    const { cpu, p50, p99, idleKb } = all.get(name)!;
    const kb = spreadOf(idleKb).median;
    return [
      name,
      shown(spreadOf(cpu)),
      `${(cpuOf(name) / limit).toFixed(2)}×`,
      shown(spreadOf(p50)),
      shown(spreadOf(p99)),
      Number.isNaN(kb) ? '' : kb.toFixed(1),
    ];
  });
  return {
    title: `One frame of ${levels} levels to each of ${clients} clients`,
    columns: [
      'server',
      'CPU s per million frames: median (min–max)',
      'against the limit',
      'first to last client, ms: p50',
      'p99',
      'kB a client',
    ],
    rows: [...rows, ...missing.map(({ name, why }) => [`${name}: left out`, why, '', '', '', ''])],
    figures: Object.fromEntries(
      found.map(({ name }) => [`fanout_${levels}_${clients}_${name.replaceAll(/\W+/g, '_')}_us`, cpuOf(name)]),
    ),
    misses,
  };
}

function snapshotOf(levels: number): unknown {
  const rows = Array.from({ length: levels }, (_, i) => ({
    price: 75_000 + i * 100,
    long_density: i < levels / 2 ? 1_234_567 + i * 7 : 0,
    short_density: i < levels / 2 ? 0 : 2_234_567 + i * 3,
  }));
  const timestamp = '2026-01-01T00:00:00.000Z';
  const totals = {
    positions_created: 1,
    positions_consumed: 1,
    positions_created_total: 1,
    positions_consumed_total: 1,
  };
  const data = { levels: rows, current_price: 100_000.1, ...totals };
  return { type: 'snapshot', symbol: 'BTCUSDT', timestamp, epoch: 'bench', seq: 1, market_time: timestamp, data };
}
