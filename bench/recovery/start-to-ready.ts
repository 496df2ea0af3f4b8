/**
 * A server process from its birth to its `ready` line, in ms, as `npm start` runs it, with the stream of `market.ts` in its log. Then
 * it is killed, as a crash would, so that nothing it would do in a stop is in the log of the next one.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { startFlags } from '../../tests/support/server-process.ts';
import { symbol } from './market.ts';

export interface ServerStart {
  /** What Node runs. */
  readonly server: readonly string[];
  readonly directory: string;
  readonly candleFile: string;
  /** What it must recover, so that a server which lost or skipped something is not praised for its speed. */
  readonly fromVersion: number;
  readonly version: number;
}

export async function startToReady({ server, directory, candleFile, ...wanted }: ServerStart): Promise<number> {
  const settings = {
    HOST: '127.0.0.1',
    PORT: '0',
    SOURCE: 'recorded',
    RECORDED_FILES: `${symbol}=${candleFile}`,
    DATA_DIR: directory,
  };
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...startFlags, ...server], {
    // A `.env` of whoever runs this must not change what is measured.
    cwd: directory,
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const kill = () => child.kill('SIGKILL');
  // A benchmark that is broken off leaves no server behind.
  process.once('exit', kill);
  try {
    let recovered: { seq: number; fromVersion: number } | null = null;
    for await (const line of createInterface({ input: child.stdout })) {
      const said = JSON.parse(line);
      if (said.event === 'recovered') recovered = said;
      if (said.event !== 'ready') continue;
      const elapsedMs = performance.now() - startedAt;
      if (recovered?.seq !== wanted.version || recovered.fromVersion !== wanted.fromVersion) {
        throw new Error(`recovered ${JSON.stringify(recovered)}, not ${JSON.stringify(wanted)}`);
      }
      return elapsedMs;
    }
    throw new Error(`${server.join(' ')} ended before it was ready`);
  } finally {
    process.off('exit', kill);
    kill();
    await ended;
  }
}
