/**
 * Clients of the scenarios in a process of their own. Lines in, one line of JSON out for each:
 *
 *   open N         opens N more, all at once; those that are refused come again when they were told to; answers when all have a snapshot
 *   mark           forgets what was measured
 *   report         what was measured since then
 *   pause N, resume N    the first N stop reading, read on
 *   drop N         cuts N off
 */
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { FrameClient, Refused } from './frame-client.ts';
import { nowUs } from './payload.ts';

export interface LoadReport {
  readonly clients: number;
  /** Age of the data on arrival, ms. */
  readonly age: Percentiles;
  /** Snapshots that the client with the fewest and with the most had, the paused ones left out. */
  readonly fewest: number;
  readonly most: number;
  readonly closeCodes: Record<string, number>;
}

export interface OpenReport {
  /** From the command to each one's first snapshot, ms. */
  readonly firstSnapshot: Percentiles;
  readonly refusals: number;
}

export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const [host, port] = process.argv.slice(2) as [string, string];
const hello = '{"action":"subscribe","symbols":["BTCUSDT"]}';
const clients: FrameClient[] = [];
const paused = new Set<FrameClient>();
const firstSeen = new Map<FrameClient, () => void>();
let ages: number[] = [];
let closeCodes: Record<string, number> = {};
let refusals = 0;

function percentilesOf(values: number[]): Percentiles {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

function frame(client: FrameClient, stampUs: number): void {
  if (Number.isNaN(stampUs)) return;
  firstSeen.get(client)?.();
  firstSeen.delete(client);
  if (!paused.has(client)) ages.push((nowUs() - stampUs) / 1000);
}

async function connected(): Promise<FrameClient> {
  for (;;) {
    let isOpen = false;
    const client = new FrameClient({
      host,
      port: Number(port),
      hello,
      frame,
      closed: (_, code) => {
        if (isOpen) closeCodes[code] = (closeCodes[code] ?? 0) + 1;
      },
    });
    try {
      const first = new Promise<void>((resolve) => firstSeen.set(client, resolve));
      await client.opened.promise;
      isOpen = true;
      await first;
      return client;
    } catch (error) {
      firstSeen.delete(client);
      refusals++;
      await setTimeout((error instanceof Refused ? error.retryAfterSeconds : 1) * 1000);
    }
  }
}

async function open(count: number): Promise<OpenReport> {
  const startedAt = performance.now();
  const refusedBefore = refusals;
  const waits = await Promise.all(
    Array.from({ length: count }, async () => {
      clients.push(await connected());
      return performance.now() - startedAt;
    }),
  );
  return { firstSnapshot: percentilesOf(waits), refusals: refusals - refusedBefore };
}

function report(): LoadReport {
  const frames = clients.filter((client) => !paused.has(client)).map((client) => client.frames);
  return {
    clients: clients.length,
    age: percentilesOf(ages),
    fewest: Math.min(...frames),
    most: Math.max(...frames),
    closeCodes,
  };
}

function mark(): Record<string, never> {
  ages = [];
  closeCodes = {};
  for (const client of clients) client.frames = 0;
  return {};
}

const commands: Record<string, (count: number) => unknown> = {
  open,
  mark,
  report,
  pause: (count) => {
    for (const client of clients.slice(0, count)) {
      paused.add(client);
      client.pause();
    }
    return {};
  },
  resume: (count) => {
    for (const client of clients.slice(0, count)) {
      client.resume();
      paused.delete(client);
    }
    return {};
  },
  drop: (count) => {
    for (const client of clients.splice(0, count)) client.destroy();
    return {};
  },
};

process.stdout.write('ready\n');
createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const [name, count] = line.split(' ');
    process.stdout.write(`${JSON.stringify(await commands[name!]!(Number(count)))}\n`);
  })
  .on('close', () => process.exit());
