/** `deploy/nginx.conf` in a real nginx, before real servers: where clients go when a node does not take them. */
import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { HeatmapWebSocket } from '../../src/client/heatmap-websocket.ts';
import type { SnapshotMessage } from '../../src/client/messages.ts';
import { isNginxThere } from '../support/nginx.ts';
import { isRedisThere, RedisServer } from '../support/redis-server.ts';
import { TestClient } from '../support/test-client.ts';
import { composeNodes } from './deploy-files.ts';
import { activeOn, endings, startPair } from './nginx-stage.ts';

describe.skipIf(!isNginxThere)('nginx with the file of deploy', () => {
  it.skipIf(!isRedisThere).each(['SIGKILL', 'SIGTERM'] as const)(
    'brings the client library back over the other node of the Compose file on %s, to the same stream',
    async (signal) => {
      const redis = await RedisServer.started();
      endings.push(() => redis.dispose());
      const [, { environment }] = composeNodes('docker-compose.multi.yml')[0]!;
      const { nodes, proxy } = await startPair({ ...environment, REDIS_URL: redis.url, WS_DRAIN_TIME: '0.2' });
      const heard = new EventEmitter();
      const pictures: SnapshotMessage[] = [];
      const statuses: string[] = [];
      const client = new HeatmapWebSocket(proxy.url, {
        reconnectDelay: 50,
        onSnapshot: (picture) => heard.emit('any', pictures.push(picture)),
        onStatusChange: (status) => heard.emit('any', statuses.push(status)),
      });
      client.subscribe(['BTCUSDT']);
      client.connect();
      while (pictures.length < 2) await once(heard, 'any');
      const active = await Promise.all(nodes.map(activeOn));
      const exit = await nodes[active.indexOf(1)]!.stop(signal);
      expect(exit).toEqual(signal === 'SIGKILL' ? { code: null, signal } : { code: 0, signal: null });
      while (!statuses.includes('disconnected')) await once(heard, 'any');
      const { epoch, seq } = pictures.at(-1)!;
      while (pictures.at(-1)!.seq! <= seq!) await once(heard, 'any');
      expect(new Set(pictures.map((picture) => picture.epoch))).toEqual(new Set([epoch]));
      expect(statuses).toEqual(['connecting', 'connected', 'disconnected', 'connecting', 'connected']);
      expect(await activeOn(nodes[active.indexOf(0)]!)).toBe(1);
      client.disconnect();
    },
  );

  it('sends nobody to a node that is going away, and the service stays ready', async () => {
    const { nodes, proxy } = await startPair({ WS_CLOSE_TIMEOUT: '60', SHUTDOWN_TIMEOUT: '600' });
    const [leaving, staying] = nodes;
    // It holds up the stop.
    const deaf = await TestClient.subscribed(leaving!.url, ['BTCUSDT']);
    await deaf.snapshot();
    deaf.socket.pause();
    leaving!.signal('SIGTERM');
    await leaving!.line('stopping');
    expect((await fetch(`${leaving!.origin}/health/ready`)).status).toBe(503);
    const clients = await Promise.all(Array.from({ length: 20 }, () => TestClient.connected(proxy.url)));
    expect(await activeOn(staying!)).toBe(20);
    const answers = await Promise.all(Array.from({ length: 4 }, () => fetch(`${proxy.origin}/health/ready`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await Promise.all(clients.map((client) => client.close()));
    deaf.socket.terminate();
  });

  it('passes on what the nodes say when all are full: 503, and when to come again', async () => {
    const { nodes, proxy } = await startPair({ WS_MAX_CONNECTIONS: '1' });
    const clients = [await TestClient.connected(proxy.url), await TestClient.connected(proxy.url)];
    // More than once: a node that was full is asked again.
    for (let i = 0; i < 3; i++) {
      const [, answer] = await once(
        new WebSocket(proxy.url).on('error', () => {}),
        'unexpected-response',
      );
      expect([answer.statusCode, Number(answer.headers['retry-after']) > 0]).toEqual([503, true]);
      answer.destroy();
    }
    await clients[0]!.close();
    // A node hears of it a moment later.
    while ((await Promise.all(nodes.map(activeOn))).every((active) => active === 1));
    const next = await TestClient.connected(proxy.url);
    await Promise.all([next.close(), clients[1]!.close()]);
  });
});
