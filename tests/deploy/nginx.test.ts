/** `deploy/nginx.conf` in a real nginx, before real servers: what passes, and what stays. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { isNginxThere, Nginx } from '../support/nginx.ts';
import { TestClient } from '../support/test-client.ts';
import { activeOn, endings, startNode, startPair, startProxy } from './nginx-stage.ts';

describe.skipIf(!isNginxThere)('nginx with the file of deploy', () => {
  it('finds nothing wrong with it', async () => {
    const proxy = await Nginx.made([8001, 8002]);
    endings.push(() => proxy.dispose());
    const said = proxy.check();
    expect(said).toContain('test is successful');
    expect(said).not.toMatch(/\[(warn|error|emerg)\]/);
  });

  it('passes the stream and everything else, and spreads clients over the nodes', async () => {
    const { nodes, proxy } = await startPair({ SIMULATED_HISTORY: '0.5' });
    const clients: TestClient[] = [];
    for (let i = 0; i < 4; i++) {
      clients.push(await TestClient.subscribed(proxy.url, ['BTCUSDT'], { mode: 'delta' }));
    }
    expect(await Promise.all(nodes.map(activeOn))).toEqual([2, 2]);
    await Promise.all(clients.map((client) => client.message(({ type }) => type === 'delta')));
    for (const path of ['/', '/health', '/metrics', '/docs', '/js/websocket-client.mjs']) {
      const [direct, passed] = await Promise.all(
        [nodes[0]!.origin, proxy.origin].map((origin) => fetch(origin + path)),
      );
      expect([path, passed!.status, passed!.headers.get('content-type')]).toEqual([
        path,
        200,
        direct!.headers.get('content-type'),
      ]);
    }
    const past = await fetch(`${proxy.origin}/liquidations/heatmap-timeseries?symbol=BTCUSDT&interval=1m`);
    expect((await past.json()).data.length).toBeGreaterThan(10);
    await Promise.all(clients.map((client) => client.close()));
  });

  it('tells a node the address it saw, whatever the client says of itself', async () => {
    let seen: IncomingHttpHeaders = {};
    const node = createServer(({ headers }, response) => {
      seen = headers;
      response.end();
    }).listen(0, '127.0.0.1');
    await once(node, 'listening');
    endings.push(() => new Promise((resolve) => node.close(resolve)));
    const { port } = node.address() as AddressInfo;
    const proxy = await startProxy([port, port]);
    await fetch(`${proxy.origin}/health`, { headers: { 'X-Forwarded-For': '203.0.113.7' } });
    expect(seen).toMatchObject({ 'x-forwarded-for': '127.0.0.1', host: `127.0.0.1:${proxy.port}` });
    expect(seen).not.toHaveProperty('upgrade');
    node.closeAllConnections();
  });

  it('keeps a client that has nothing to say for longer than nginx would wait, since the server asks it for a sign of life', async () => {
    const node = await startNode({ WS_HEARTBEAT_INTERVAL: '1' });
    const proxy = await startProxy([node.port, node.port], { 'proxy_read_timeout 24h': 'proxy_read_timeout 2s' });
    const client = await TestClient.connected(proxy.url);
    for (let pings = 0; pings < 4; pings++) await once(client.socket, 'ping');
    client.send({ action: 'ping' });
    await client.message(({ type }) => type === 'pong');
    await client.close();
  });

  it('would cut off a client that nobody asks', async () => {
    const silent = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(silent, 'listening');
    endings.push(() => new Promise((resolve) => silent.close(resolve)));
    const { port } = silent.address() as AddressInfo;
    const proxy = await startProxy([port, port], { 'proxy_read_timeout 24h': 'proxy_read_timeout 1s' });
    const client = await TestClient.connected(proxy.url);
    expect((await client.closed).code).toBe(1006);
  });
});
