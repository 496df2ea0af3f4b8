import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { NewsDesk } from '../../src/actors/news-desk.ts';
import type { SymbolFrame } from '../../src/actors/symbol-frame.ts';
import { ThreadedClients } from '../../src/clients/threaded-clients.ts';
import { loadConfig } from '../../src/config.ts';
import { FrameChannel } from '../../src/streams/frame-channel.ts';
import { noReplays } from '../support/no-replays.ts';
import { pictureFrame } from '../support/symbol-frame.ts';
import { TestClient } from '../support/test-client.ts';

function configOf(...argv: string[]) {
  const loaded = loadConfig({ argv, env: {}, dotenv: {}, workingDirectory: '.', version: 'test' });
  if (loaded.outcome !== 'config') throw new Error(loaded.text);
  return loaded.config;
}

it('threads that die lose their own clients only, give back their places, and are started again with the latest picture', async () => {
  const config = configOf(
    '--host=127.0.0.1',
    '--port=0',
    '--ws-threads=2',
    '--ws-max-connections=4',
    '--log-level=silent',
  );
  const channel = new FrameChannel<SymbolFrame>(1, {
    settled: (tick, frame) => clients.settled('BTCUSDT', tick, frame),
  });
  const news = new NewsDesk({
    symbols: config.symbols,
    recentLiquidations: 10,
    told: (told) => clients.told(told),
  });
  const clients: ThreadedClients = new ThreadedClients({
    config,
    logger: pino({ level: 'silent' }),
    channels: new Map([
      ['BTCUSDT', channel],
      ['ETHUSDT', new FrameChannel<SymbolFrame>(1)],
    ]),
    news,
    desk: { answer: () => Promise.reject(new Error('not asked')), isStopping: () => false },
    replays: noReplays,
    gaveUp: (error) => {
      throw error;
    },
  });
  const { port } = await clients.listen();
  onTestFinished(async () => {
    clients.beginStopping();
    await clients.stop();
  });
  const url = `ws://127.0.0.1:${port}/ws/heatmap`;
  const publish = (tick: number) => {
    channel.settle(tick, pictureFrame('BTCUSDT', tick));
  };
  publish(1);
  const first = await Promise.all([1, 2, 3, 4].map(() => TestClient.subscribed(url, ['BTCUSDT'])));
  for (const client of first) expect((await client.snapshot()).seq).toBe(1);
  expect(await clients.totals()).toMatchObject({ active: 4, subscriptions: { BTCUSDT: 4, ETHUSDT: 0 } });

  // A message that the threads cannot make sense of is an error that nobody catches.
  clients.settled('NOSUCH', 2, undefined);
  for (const client of first) expect((await client.closed).code).toBe(1006);

  publish(2);
  const again = await retried(() => TestClient.subscribed(url, ['BTCUSDT']));
  expect((await again.snapshot()).seq).toBe(2);
  await again.close();
}, 30_000);

/** Until it succeeds: the threads take a moment to listen again. */
async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
