/** One server and its clients, each on a core of its own, driven tick by tick: the next tick goes out when all have the one before. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface FanOut {
  /** Command that speaks the lines of `line-server.ts`. */
  readonly server: readonly string[];
  readonly receiver: string;
  readonly clients: number;
  /** What each client sends once it is connected; '' for nothing. */
  readonly hello: string;
  readonly ticks: number;
}

export interface FanOutResult {
  readonly cpuUsPerFrame: number;
  /** From the first client that has a tick's frame to the last, median over ticks. */
  readonly spreadMs: number;
}

export async function measureFanOut({ server, receiver, clients, hello, ticks }: FanOut): Promise<FanOutResult> {
  const serverProcess = spawn('taskset', ['-c', '0', ...server], { stdio: ['pipe', 'pipe', 'inherit'] });
  const serverLine = linesOf(serverProcess);
  const port = (await serverLine()).split(' ')[1]!;
  const receiverCommand = ['-c', '1', receiver, port, String(clients), hello];
  const receiverProcess = spawn('taskset', receiverCommand, { stdio: ['ignore', 'pipe', 'inherit'] });
  const receiverLine = linesOf(receiverProcess);
  try {
    await receiverLine();
    const tick = async () => {
      serverProcess.stdin!.write('tick\n');
      return Number((await receiverLine()).split(' ')[1]) / 1e6;
    };
    const cpuUs = async () => {
      serverProcess.stdin!.write('usage\n');
      return Number((await serverLine()).split(' ')[1]);
    };
    for (let i = 0; i < ticks / 3; i++) await tick();
    const before = await cpuUs();
    const spreads: number[] = [];
    for (let i = 0; i < ticks; i++) spreads.push(await tick());
    const used = (await cpuUs()) - before;
    spreads.sort((a, b) => a - b);
    return { cpuUsPerFrame: used / (ticks * clients), spreadMs: spreads[ticks >> 1]! };
  } finally {
    receiverProcess.kill();
    serverProcess.kill();
  }
}

function linesOf(child: ChildProcess): () => Promise<string> {
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return async () => {
    const next = await lines.next();
    if (next.done === true) throw new Error(`${child.spawnargs.join(' ')} ended`);
    return next.value;
  };
}
