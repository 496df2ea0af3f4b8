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
import { measureFanOut } from './fanout/measure.ts';
import { shown, spreadOf } from './rounds.ts';

const here = fileURLToPath(new URL('./fanout/', import.meta.url));
const subscribe = '{"action":"subscribe","symbols":["BTCUSDT"],"update_interval":1}';

interface Rival {
  readonly name: string;
  command(payload: string, clients: number): readonly string[];
  /** What a client sends after the upgrade. */
  readonly hello: string;
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
    const node = (file: string, ...flags: string[]) => [process.execPath, ...flags, join(here, file)];
    const rivals: Rival[] = [
      { name: 'C, write() only', hello: '', command: (payload, n) => [writeServer, payload, String(n)] },
      {
        name: 'heatline',
        hello: subscribe,
        command: (payload, n) => [...node('heatline-server.ts', '--expose-gc'), payload, String(n)],
      },
      {
        name: 'ws, one string',
        hello: '',
        command: (payload, n) => [...node('ws-server.ts'), payload, String(n), 'string'],
      },
      {
        name: 'ws, stringify each',
        hello: '',
        command: (payload, n) => [...node('ws-server.ts'), payload, String(n), 'stringify'],
      },
    ];
    const cases = quick
      ? [[100, 1000]]
      : [100, 500].flatMap((levels) => [1000, 5000].map((clients) => [levels, clients]));
    const tables: BenchTable[] = [];
    for (const [levels, clients] of cases as [number, number][]) {
      const payload = join(directory, `${levels}.json`);
      writeFileSync(payload, JSON.stringify(snapshotOf(levels)));
      tables.push(await compare(rivals, { receiver, payload, levels, clients, rounds: quick ? 1 : 3, quick }));
    }
    return tables;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Case {
  readonly receiver: string;
  readonly payload: string;
  readonly levels: number;
  readonly clients: number;
  readonly rounds: number;
  readonly quick: boolean;
}

async function compare(rivals: readonly Rival[], each: Case): Promise<BenchTable> {
  const { receiver, payload, levels, clients } = each;
  const ticks = Math.ceil((each.quick ? 50_000 : 150_000) / clients);
  const cpu = new Map<string, number[]>(rivals.map(({ name }) => [name, []]));
  const spread = new Map<string, number[]>(rivals.map(({ name }) => [name, []]));
  for (let round = 0; round < each.rounds; round++) {
    for (const { name, hello, command } of rivals) {
      const result = await measureFanOut({ server: command(payload, clients), receiver, clients, hello, ticks });
      cpu.get(name)!.push(result.cpuUsPerFrame);
      spread.get(name)!.push(result.spreadMs);
    }
  }
  const medianOf = (name: string) => spreadOf(cpu.get(name)!).median;
  const limit = medianOf(rivals[0]!.name);
  return {
    title: `One frame of ${levels} levels to each of ${clients} clients`,
    columns: ['server', 'CPU µs/frame: median (min–max)', 'against the limit', 'first to last client, ms'],
    rows: rivals.map(({ name }) => [
      name,
      shown(spreadOf(cpu.get(name)!)),
      `${(medianOf(name) / limit).toFixed(2)}×`,
      shown(spreadOf(spread.get(name)!)),
    ]),
    figures: Object.fromEntries(
      rivals.map(({ name }) => [`fanout_${levels}_${clients}_${name.replaceAll(/\W+/g, '_')}_us`, medianOf(name)]),
    ),
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
