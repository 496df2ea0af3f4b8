/**
 * What it costs to be one of many: CPU of a gateway for each frame that a client gets, beside a server that is alone, on the same recorded
 * day. Redis and the node that writes are on the other core, with the clients. And the hop through Redis, and what a picture costs there.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../tests/support/free-port.ts';
import type { BenchTable } from './bench-table.ts';
import { LineProcess } from './line-process.ts';
import { rounds, type Spread, shown } from './rounds.ts';
import { cpuSeconds } from './scenario/cpu-time.ts';
import { Demands, demandColumns } from './scenario/demands.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const recordings = ['BTCUSDT', 'ETHUSDT'].map(
  (symbol) => [symbol, join(root, `../shared/data/binance-um-${symbol}-1m-2025-06-12_14.csv`)] as const,
);
const hello = '{"action":"subscribe","symbols":["BTCUSDT","ETHUSDT"]}';
const serverCore = 0;
const otherCore = 1;
/** Ten candles a second of each symbol, and a picture of each. */
const pace = ['--recorded-speed=600', '--ws-update-interval=0.1'];

interface Measured {
  readonly cpuPerFrameUs: number;
  readonly hopP99Ms: number;
  readonly redisUsPerPicture: number;
}

export async function run({ quick }: { quick: boolean }): Promise<BenchTable[]> {
  if (!recordings.every(([, path]) => existsSync(path)))
    throw new Error('the recordings in ../shared/data are not there');
  const clients = quick ? 100 : 1000;
  const seconds = quick ? 3 : 15;
  const gateways: Measured[] = [];
  const figures = await rounds(quick ? 1 : 5, {
    alone: () => alone(clients, seconds),
    gateway: async () => {
      const measured = await gateway(clients, seconds);
      gateways.push(measured);
      return measured.cpuPerFrameUs;
    },
  });
  return [table(figures, gateways, clients, quick)];
}

async function alone(clients: number, seconds: number): Promise<number> {
  await using stage = new Processes();
  const server = await stage.server(serverCore, []);
  return (await stage.load(server, clients, seconds)).cpuPerFrameUs;
}

async function gateway(clients: number, seconds: number): Promise<Measured> {
  await using stage = new Processes();
  const redisPort = await freePort();
  const redis = stage.start(otherCore, [
    'redis-server',
    '--port',
    String(redisPort),
    '--save',
    '',
    '--appendonly',
    'no',
  ]);
  while (!(await redis.line()).includes('Ready to accept'));
  redis.drain();
  const shared = ['--redis-enabled=true', `--redis-url=redis://127.0.0.1:${redisPort}`, '--redis-fallback=none'];
  // Who is first writes all.
  await stage.server(otherCore, shared);
  const server = await stage.server(serverCore, shared);
  const redisBefore = cpuSeconds(redis.pid);
  const { cpuPerFrameUs, pictures } = await stage.load(server, clients, seconds);
  const metrics = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  return {
    cpuPerFrameUs,
    hopP99Ms: p99OfHistogram(metrics, 'heatline_redis_hop_seconds') * 1000,
    redisUsPerPicture: ((cpuSeconds(redis.pid) - redisBefore) * 1e6) / pictures,
  };
}

interface Server {
  readonly port: number;
  readonly pid: number;
}

class Processes implements AsyncDisposable {
  readonly #processes: LineProcess[] = [];
  readonly #directories: string[] = [];

  start(core: number, command: readonly string[]): LineProcess {
    const started = new LineProcess(core, command);
    this.#processes.push(started);
    return started;
  }

  async server(core: number, flags: readonly string[]): Promise<Server> {
    const directory = mkdtempSync(join(tmpdir(), 'heatline-bench-'));
    this.#directories.push(directory);
    const files = recordings.map((pair) => pair.join('=')).join(',');
    const own = ['--host=127.0.0.1', '--port=0', `--data-dir=${directory}`, '--ws-max-connections=2000'];
    const market = ['--source=recorded', `--recorded-files=${files}`, ...pace];
    const child = this.start(core, [process.execPath, join(root, 'src/main.ts'), ...own, ...market, ...flags]);
    for (;;) {
      const line = JSON.parse(await child.line()) as { event?: string; port?: number };
      if (line.event !== 'ready') continue;
      child.drain();
      return { port: line.port!, pid: child.pid };
    }
  }

  async load({ port, pid }: Server, clients: number, seconds: number) {
    const script = fileURLToPath(new URL('./cluster/cluster-load.ts', import.meta.url));
    const load = this.start(otherCore, [process.execPath, script, '127.0.0.1', String(port), hello]);
    await load.line();
    await load.ask(`open ${clients}`);
    await load.ask('mark');
    const before = cpuSeconds(pid);
    await setTimeout(seconds * 1000);
    const used = cpuSeconds(pid) - before;
    const { frames } = await load.askJson<{ frames: number }>('frames');
    return { cpuPerFrameUs: (used * 1e6) / frames, pictures: frames / clients };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const started of this.#processes.reverse()) await started.end();
    for (const directory of this.#directories) rmSync(directory, { recursive: true, force: true });
  }
}

/** Upper bound of the bucket, over all symbols, in the unit of the metric. */
function p99OfHistogram(text: string, name: string): number {
  const counts = new Map<number, number>();
  for (const [, bound, count] of text.matchAll(new RegExp(`^${name}_bucket\\{.*?le="([^"]+)".*?\\} (\\d+)$`, 'gm'))) {
    const le = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound);
    counts.set(le, (counts.get(le) ?? 0) + Number(count));
  }
  const total = counts.get(Number.POSITIVE_INFINITY) ?? 0;
  return [...counts].sort((a, b) => a[0] - b[0]).find(([, count]) => count >= total * 0.99)?.[0] ?? Number.NaN;
}

function table(
  figures: Record<'alone' | 'gateway', Spread>,
  gateways: readonly Measured[],
  clients: number,
  quick: boolean,
): BenchTable {
  const demands = new Demands();
  const ratio = figures.gateway.median / figures.alone.median;
  demands.atMost('CPU a delivered frame, gateway against a server alone', ratio, quick ? 2 : 1.1, '×');
  demands.note('server alone, µs a frame', shown(figures.alone));
  demands.note('gateway, µs a frame', shown(figures.gateway));
  const median = (of: (measured: Measured) => number) => gateways.map(of).sort((a, b) => a - b)[gateways.length >> 1]!;
  demands.note(
    'p99 of the hop from the writer to the gateway',
    `≤ ${median(({ hopP99Ms }) => hopP99Ms).toFixed(1)} ms`,
  );
  const redisUs = median(({ redisUsPerPicture }) => redisUsPerPicture);
  demands.note('Redis, CPU a picture (log, lease and all), one gateway', `${redisUs.toFixed(0)} µs`);
  demands.note(
    'so one Redis carries, on paper',
    `${Math.floor(1e6 / redisUs)} pictures a second; past that a cluster: symbols are spread over it`,
  );
  const { rows, misses } = demands;
  const title = `${clients} clients, two symbols, ten pictures a second of each`;
  return { title, columns: demandColumns, rows, figures: { ratio, redisUs }, misses };
}
