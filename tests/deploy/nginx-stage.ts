/** Real servers behind a real nginx with the file of `deploy`, ended after each test. */
import { afterEach } from 'vitest';
import type { StatsView } from '../../src/protocol/http-view.ts';
import { Nginx } from '../support/nginx.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

/** What must be ended after the test, the last first. */
export const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

export async function startNode(settings: Record<string, string> = {}): Promise<ServerProcess> {
  const directory = await temporaryDirectory();
  endings.push(directory.dispose);
  const server = await ServerProcess.started({
    DATA_DIR: directory.path,
    SYMBOLS: 'BTCUSDT',
    WS_UPDATE_INTERVAL: '0.1',
    // A busy machine is no reason here to refuse a client, or to call it slow.
    WS_MAX_LOOP_LAG: '60',
    WS_SLOW_CONSUMER_TIMEOUT: '30',
    ...settings,
  });
  endings.push(() => server.stop('SIGKILL'));
  return server;
}

export async function startProxy(ports: readonly number[], changes: Record<string, string> = {}): Promise<Nginx> {
  const proxy = await Nginx.started(ports, changes);
  endings.push(() => proxy.dispose());
  return proxy;
}

export async function startPair(settings: Record<string, string> = {}) {
  const nodes = await Promise.all([startNode(settings), startNode(settings)]);
  const proxy = await startProxy(nodes.map(({ port }) => port));
  return { nodes, proxy };
}

export const activeOn = async (node: ServerProcess) => (await node.json<StatsView>('/ws/stats')).active_connections;
