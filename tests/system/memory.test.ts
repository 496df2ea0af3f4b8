/** A server with a day of simulated events behind it and a thousand idle clients stays small. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { available } from '../support/require-or-skip.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

const hasProc = available('/proc (for the resident size of a process)', existsSync('/proc/self/status'));
const limitMb = 300;

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) / 1024;
}

it.skipIf(!hasProc)(
  `1,000 idle clients and a day of simulated events stay under ${limitMb} MB resident`,
  async () => {
    const directory = await temporaryDirectory();
    const server = await ServerProcess.started({
      DATA_DIR: directory.path,
      SIMULATED_HISTORY: '24',
      WS_UPDATE_INTERVAL: '1',
    });
    const witness = await TestClient.subscribed(server.url, ['BTCUSDT']);
    const startedAt = Date.now();
    await witness.snapshot(({ market_time }) => Date.parse(market_time) >= startedAt);
    await witness.close();
    const clients: TestClient[] = [];
    for (let i = 0; i < 1000; i++) clients.push(await TestClient.connected(server.url));
    expect(await server.json('/ws/stats')).toMatchObject({ active_connections: 1000 });
    expect(await residentMb(server.pid)).toBeLessThan(limitMb);
    for (const client of clients) client.socket.terminate();
    await server.stop();
    await directory.dispose();
  },
  120_000,
);
