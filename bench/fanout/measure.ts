/** One server and its clients, each on a core of its own, driven tick by tick: the next tick goes out when all have the one before. */
import { setTimeout } from 'node:timers/promises';
import { LineProcess } from '../line-process.ts';

export interface FanOut {
  /** Command that speaks the lines of `line-server.ts`. */
  readonly command: readonly string[];
  readonly receiver: string;
  readonly clients: number;
  /** What each client sends once it is connected; '' for nothing. */
  readonly hello: string;
  /** Where the server is. */
  readonly path: string;
  /** Data frames that each client gets before those that are counted. */
  readonly skip: number;
  /** Whether the clients offer permessage-deflate. */
  readonly isDeflated: boolean;
  /** Whether it answers before its clients are there. */
  readonly tellsMemory: boolean;
  readonly ticks: number;
}

export interface FanOutResult {
  readonly cpuUsPerFrame: number;
  /** From the first client that has a tick's frame to the last, over ticks. */
  readonly spreadMs: { readonly p50: number; readonly p99: number };
  /** Resident memory a client, measured before the first tick. NaN when the server does not tell. */
  readonly idleKbPerClient: number;
}

const settleMs = 300;

export async function measureFanOut(fanOut: FanOut): Promise<FanOutResult> {
  const { command, receiver, clients, hello, path, skip, isDeflated, tellsMemory, ticks } = fanOut;
  const server = new LineProcess(0, command);
  const port = (await server.line()).split(' ')[1]!;
  const usage = async () => {
    const [, cpuUs, rssKb] = (await server.ask('usage')).split(' ');
    return { cpuUs: Number(cpuUs), rssKb: Number(rssKb) };
  };
  if (tellsMemory) await server.ask('collect');
  const empty = tellsMemory ? await usage() : null;
  const options = [port, String(clients), hello, path, String(skip), isDeflated ? 'deflate' : ''];
  const load = new LineProcess(1, [receiver, ...options]);
  try {
    await load.line();
    // What the last ones said is still on its way.
    await setTimeout(settleMs);
    await server.ask('collect');
    const idle = await usage();
    const tick = async () => {
      server.say('tick');
      return Number((await load.line()).split(' ')[1]) / 1e6;
    };
    for (let i = 0; i < ticks / 3; i++) await tick();
    const before = await usage();
    const spreads: number[] = [];
    for (let i = 0; i < ticks; i++) spreads.push(await tick());
    const used = (await usage()).cpuUs - before.cpuUs;
    spreads.sort((a, b) => a - b);
    return {
      cpuUsPerFrame: used / (ticks * clients),
      spreadMs: { p50: spreads[ticks >> 1]!, p99: spreads[Math.floor(ticks * 0.99)]! },
      idleKbPerClient: empty === null ? Number.NaN : (idle.rssKb - empty.rssKb) / clients,
    };
  } finally {
    await load.end();
    await server.end();
  }
}
