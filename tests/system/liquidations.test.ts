/** Liquidations on real sockets, against what the log has: all, in order, once, or told as missed. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogReader } from '../../src/log/log-reader.ts';
import { databasePath, openToRead } from '../../src/log/sqlite-database.ts';
import { storedEvents } from '../../src/log-tool/stored-events.ts';
import type { StatsView } from '../../src/protocol/http-view.ts';
import type { Liquidation, LiquidationsMessage } from '../../src/protocol/liquidations-message.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let server: ServerProcess;

beforeEach(async () => {
  directory = await temporaryDirectory();
});

afterEach(async () => {
  server.signal('SIGKILL');
  await server.exited;
  await directory.dispose();
});

/** A day of the past is taken in as fast as it goes, with hundreds of liquidations. */
async function start(settings: Record<string, string> = {}): Promise<void> {
  server = await ServerProcess.started({
    DATA_DIR: directory.path,
    SIMULATED_HISTORY: '24',
    WS_UPDATE_INTERVAL: '0.05',
    ...settings,
  });
}

const wanted = { channels: ['heatmap', 'liquidations'] };
const toldTo = (client: TestClient): LiquidationsMessage[] =>
  client.messages.filter((message) => message.type === 'liquidations');
const isNews = (message: { type: string }): message is LiquidationsMessage => message.type === 'liquidations';
const stats = async (): Promise<StatsView> => server.json('/ws/stats');
const nextNews = (client: TestClient) => {
  const known = toldTo(client).length;
  return client.message((message) => isNews(message) && toldTo(client).indexOf(message) >= known);
};

/** As the log has them. */
function inLog(symbol: string): Pick<Liquidation, 'seq' | 'price' | 'quantity' | 'side'>[] {
  const path = databasePath(directory.path);
  const database = openToRead(path);
  try {
    const reader = new LogReader(database, path);
    const row = reader.streams().find(({ stream }) => stream.endsWith(symbol))!;
    return [...storedEvents(reader, row)].flatMap(({ seq, event }) =>
      event.kind === 'liquidation' ? [{ seq, price: event.price, quantity: event.quantity, side: event.side }] : [],
    );
  } finally {
    database.close();
  }
}

/** Between two messages lie exactly as many of the log as the second says are missed, and what a message holds is what the log has. */
function expectAllOf(told: readonly LiquidationsMessage[]): void {
  const log = inLog('BTCUSDT');
  const [first] = told;
  let at = log.findIndex(({ seq }) => seq > first!.prev_seq);
  for (const { missed, data } of told) {
    at += missed;
    const shown = data.map(({ seq, price, quantity, side }) => ({ seq, price, quantity, side }));
    expect(shown).toEqual(log.slice(at, at + data.length));
    at += data.length;
  }
  expect(log.findIndex(({ seq }) => seq > told.at(-1)!.seq)).toBe(at < log.length ? at : -1);
}

describe.each(['1', '2'])('liquidations, with WS_THREADS=%s', (threads) => {
  it('come to those who asked, as the log has them, and are counted as every message is', async () => {
    await start({ WS_THREADS: threads });
    const [asked, pictures] = [
      await TestClient.subscribed(server.url, ['BTCUSDT'], wanted),
      await TestClient.subscribed(server.url, ['BTCUSDT']),
    ];
    for (let told = 0; told < 300; told = toldTo(asked).flatMap(({ data }) => data).length) await nextNews(asked);
    expect((await stats()).subscriptions_by_channel).toEqual({ heatmap: 2, liquidations: 1, score: 0 });
    for (const client of [asked, pictures]) {
      client.send({ action: 'unsubscribe', symbols: ['BTCUSDT'], id: 'end' });
      await client.message(({ type }) => type === 'ack');
    }
    expect((await stats()).messages_sent_total).toBe(asked.messages.length + pictures.messages.length);
    expect(pictures.messages.some(isNews)).toBe(false);
    const told = toldTo(asked);
    expect(told.every(({ data }) => data.every(({ completeness }) => completeness === 'simulated'))).toBe(true);
    expectAllOf(told);

    const late = await TestClient.subscribed(server.url, ['BTCUSDT'], { channels: ['liquidations'] });
    const { recent, data } = await late.message(isNews);
    expect([recent, data.length]).toEqual([true, 100]);
    expect(late.snapshots).toEqual([]);
  }, 60_000);

  it('are not lost in silence to a client that reads nothing for a while, and nobody else waits for it', async () => {
    await start({ WS_THREADS: threads, WS_NEWS_QUEUE: '1', WS_ACK_SAMPLE: '0', WS_STUCK_TIMEOUT: '60' });
    const [prompt, stalled] = [
      await TestClient.subscribed(server.url, ['BTCUSDT'], wanted),
      await TestClient.subscribed(server.url, ['BTCUSDT'], wanted),
    ];
    await nextNews(stalled);
    stalled.socket.pause();
    for (let i = 0; i < 8; i++) await nextNews(prompt);
    stalled.socket.resume();
    const last = toldTo(prompt).at(-1)!.seq;
    await stalled.message((message) => isNews(message) && message.seq >= last);
    const told = toldTo(stalled);
    expect(told.some(({ missed }) => missed > 0)).toBe(true);
    expectAllOf(told);
    expectAllOf(toldTo(prompt));
    expect((await stats()).messages_dropped_total).toBeGreaterThan(0);
  }, 60_000);
});
