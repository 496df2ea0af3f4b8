/** A server that dies at any moment comes back with its book and its seq, no event twice and none missing. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { generatorVersion, SimulatedMarket } from '../../src/feed/simulated-market.ts';
import { foldStream } from '../../src/log/fold-stream.ts';
import type { MarketEvent } from '../../src/market/event.ts';
import { eventsOfBatch } from '../../src/market/event-batch.ts';
import { symbolBookDigest } from '../../src/market/symbol-book-codec.ts';
import { SqliteEventLog } from '../../src/workers/sqlite-event-log.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

const seed = 7;
const stream = `simulated-v${generatorVersion}-${seed}:BTCUSDT`;
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeEach(async () => {
  directory = await temporaryDirectory();
});

afterEach(() => directory.dispose());

const settings = (more: Record<string, string> = {}) => ({
  DATA_DIR: directory.path,
  SYMBOLS: 'BTCUSDT',
  SIMULATED_SEED: String(seed),
  SIMULATED_HISTORY: '3',
  WS_UPDATE_INTERVAL: '0.1',
  CHECKPOINT_EVENTS: '1000',
  ...more,
});

async function storedEvents(): Promise<{ events: MarketEvent[]; epoch: string; digest: string; replayed: string }> {
  const log = await SqliteEventLog.open({ directory: directory.path, maxPending: 16, onLost() {} });
  const { epoch, version } = await log.openStream(stream, 'unused');
  const events: MarketEvent[] = [];
  for await (const { batch } of log.read(stream, 0)) events.push(...eventsOfBatch(batch));
  const { book } = await foldStream(log, stream, 'BTCUSDT', version);
  const fromNothing = {
    ...log,
    loadCheckpoint: async () => null,
    read: log.read.bind(log),
  } as unknown as SqliteEventLog;
  const { book: replayed } = await foldStream(fromNothing, stream, 'BTCUSDT', version);
  await log.close();
  return { events, epoch, digest: symbolBookDigest(book), replayed: symbolBookDigest(replayed) };
}

it('kill -9 at any moment, again and again, costs no event and doubles none', async () => {
  const seqs: number[] = [];
  const epochs = new Set<string>();
  for (let life = 0; life < 4; life++) {
    const server = await ServerProcess.started(settings());
    const client = await TestClient.subscribed(server.url, ['BTCUSDT']);
    const first = await client.snapshot();
    epochs.add(first.epoch);
    seqs.push(first.seq);
    const last = await client.snapshot(({ seq }) => seq > first.seq);
    seqs.push(last.seq);
    expect(await server.stop('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    await client.closed;
  }
  expect(epochs.size).toBe(1);
  expect(seqs).toEqual([...seqs].sort((a, b) => a - b));

  const { events, digest, replayed } = await storedEvents();
  expect(replayed).toBe(digest);
  const [modelSet, ...rest] = events;
  expect(modelSet).toMatchObject({ kind: 'model_set' });
  const market = new SimulatedMarket('BTCUSDT', seed, rest[0]!.time);
  const truth: MarketEvent[] = market.opening();
  while (truth.length < rest.length) truth.push(...market.step());
  expect(rest).toEqual(truth.slice(0, rest.length));
}, 120_000);

it('a clean stop leaves a checkpoint, and the next start goes on from it with the next seq', async () => {
  const first = await ServerProcess.started(settings());
  const client = await TestClient.subscribed(first.url, ['BTCUSDT']);
  const before = await client.snapshot();
  expect(await first.stop()).toEqual({ code: 0, signal: null });
  expect(await client.closed).toEqual({ code: 1001, reason: 'Server shutdown' });

  const second = await ServerProcess.started(settings());
  const recovered = await second.line('recovered');
  expect(recovered).toMatchObject({ epoch: before.epoch, skippedCheckpoints: 0 });
  expect(recovered.fromVersion).toBe(recovered.seq);
  expect(Number(recovered.seq)).toBeGreaterThanOrEqual(before.seq);
  const after = await TestClient.subscribed(second.url, ['BTCUSDT']);
  const next = await after.snapshot(({ seq }) => seq > Number(recovered.seq));
  expect(next.epoch).toBe(before.epoch);
  await second.stop();
}, 60_000);
