/** The past on the socket: a recorded day again, picture by picture as the live run showed it, and on into the present. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerMessage, type SnapshotMessage, serverMessageSchema } from '../../src/protocol/server-message.ts';
import { available } from '../support/require-or-skip.ts';
import { projectRoot, ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

const file = join('..', 'shared', 'data', 'binance-um-BTCUSDT-1m-2025-06-12_14.csv');
const recordings = 'the recordings in ../shared/data';
const lastCandle = Date.parse('2025-06-15T00:00:00Z');

const isOver = ({ type }: ServerMessage) => type === 'replay';

describe.skipIf(!available(recordings, existsSync(join(projectRoot, file))))(`with ${recordings}`, () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: ServerProcess;
  let live: readonly SnapshotMessage[];

  beforeAll(async () => {
    directory = await temporaryDirectory();
    server = await ServerProcess.started({
      SOURCE: 'recorded',
      RECORDED_FILES: `BTCUSDT=${file}`,
      RECORDED_SPEED: '36000',
      WS_UPDATE_INTERVAL: '0.05',
      CHECKPOINT_EVENTS: '1000',
      LOG_HISTORY_CHECKPOINTS: '1000',
      DATA_DIR: directory.path,
    });
    const client = await TestClient.subscribed(server.url, ['BTCUSDT']);
    await client.snapshot(({ market_time }) => Date.parse(market_time) === lastCandle);
    live = client.snapshots;
    await client.close();
  }, 60_000);

  afterAll(async () => {
    await server?.stop();
    await directory?.dispose();
  });

  const replayed = async (fields: object) => {
    const client = await TestClient.connected(server.url);
    client.send({ action: 'replay', symbol: 'BTCUSDT', speed: 0, ...fields });
    await client.message(isOver);
    for (const message of client.messages) serverMessageSchema.parse(message);
    return client;
  };

  it('gives the same levels, price and checksum at every seq as the live run did, and then joins it', async () => {
    const client = await replayed({ from: '2025-06-12T00:00:00Z', update_interval: 60 });
    const { snapshots } = client;
    // A candle a minute for three days, and nothing left out.
    expect(snapshots.length).toBeGreaterThan(4300);
    const bySeq = new Map(snapshots.map((snapshot) => [snapshot.seq, snapshot]));
    expect(live.length).toBeGreaterThan(20);
    for (const { seq, epoch, checksum, data, market_time } of live) {
      const again = bySeq.get(seq)!;
      expect([again.seq, again.epoch, again.checksum, again.market_time]).toEqual([seq, epoch, checksum, market_time]);
      expect(again.data.levels).toEqual(data.levels);
      expect(again.data.current_price).toBe(data.current_price);
      expect(again.data.positions_created_total).toBe(data.positions_created_total);
    }
    for (const [i, { seq, data }] of snapshots.entries()) {
      const before = snapshots[i - 1];
      if (before === undefined) continue;
      expect(seq).toBeGreaterThan(before.seq);
      expect(data.positions_created).toBe(data.positions_created_total - before.data.positions_created_total);
    }
    const over = client.messages.findLast(isOver)!;
    expect(over).toEqual({ type: 'replay', symbol: 'BTCUSDT', state: 'live', seq: live.at(-1)!.seq });
    expect(snapshots.at(-1)!.seq).toBe(live.at(-1)!.seq);
    await client.close();
  });

  it('begins after a seq and ends at one', async () => {
    const client = await replayed({ from: 2000, to: 2010, update_interval: 60 });
    const seqs = client.snapshots.map(({ seq }) => seq);
    expect(seqs).toEqual([2000, 2001, 2002, 2003, 2004, 2005, 2006, 2007, 2008, 2009, 2010]);
    expect(client.messages.at(-1)).toEqual({ type: 'replay', symbol: 'BTCUSDT', state: 'ended', seq: 2010 });
    await client.close();
  });

  it('at a speed keeps to it, and ends at the moment it was told', async () => {
    const client = await replayed({
      from: '2025-06-13T00:00:00Z',
      to: '2025-06-13T00:05:00Z',
      speed: 240,
      update_interval: 1,
    });
    const times = client.snapshots.map(({ market_time }) => Date.parse(market_time));
    expect(times[0]).toBe(Date.parse('2025-06-13T00:00:00Z'));
    expect(times.at(-1)).toBe(Date.parse('2025-06-13T00:05:00Z'));
    // Four minutes of market a second, as far as there is a candle.
    expect(times.length).toBeGreaterThanOrEqual(2);
    await client.close();
  });

  it('is the same from several connection threads', async () => {
    const own = await temporaryDirectory();
    const threaded = await ServerProcess.started({
      SOURCE: 'recorded',
      RECORDED_FILES: `BTCUSDT=${file}`,
      RECORDED_SPEED: '0',
      DATA_DIR: own.path,
      WS_UPDATE_INTERVAL: '0.05',
      WS_THREADS: '2',
    });
    const whole = await TestClient.subscribed(threaded.url, ['BTCUSDT']);
    await whole.snapshot(({ market_time }) => Date.parse(market_time) === lastCandle);
    const request = { from: 2000, to: 2050, update_interval: 60 };
    const [one, other] = await Promise.all([
      replayed(request),
      TestClient.connected(threaded.url).then(async (client) => {
        client.send({ action: 'replay', symbol: 'BTCUSDT', speed: 0, ...request });
        await client.message(isOver);
        return client;
      }),
    ]);
    const shown = ({ snapshots }: TestClient) => snapshots.map(({ seq, checksum }) => [seq, checksum]);
    expect(shown(other)).toEqual(shown(one));
    await threaded.stop();
    await own.dispose();
  });
});

describe('a replay into a market that goes on', () => {
  it('joins the live pictures without gap or duplicate: seqs rise, and counts fit together', async () => {
    const directory = await temporaryDirectory();
    const server = await ServerProcess.started({
      DATA_DIR: directory.path,
      SIMULATED_HISTORY: '1',
      SYMBOLS: 'BTCUSDT',
      WS_UPDATE_INTERVAL: '0.2',
    });
    const client = await TestClient.connected(server.url);
    const fresh = await TestClient.subscribed(server.url, ['BTCUSDT']);
    const newest = await fresh.snapshot(({ seq }) => seq > 8000);
    const from = new Date(Date.parse(newest.market_time) - 600_000).toISOString();
    client.send({ action: 'replay', symbol: 'BTCUSDT', from, speed: 0, update_interval: 5 });
    const over = (await client.message(isOver)) as { seq: number; state: string };
    expect(over.state).toBe('live');
    const first = await client.snapshot(({ seq }) => seq > over.seq);
    await client.snapshot(({ seq }) => seq > first.seq);
    const { snapshots } = client;
    expect(snapshots.length).toBeGreaterThan(100);
    for (const [i, { seq, epoch, data }] of snapshots.entries()) {
      const before = snapshots[i - 1];
      if (before === undefined) continue;
      expect(epoch).toBe(before.epoch);
      expect(seq).toBeGreaterThan(before.seq);
      expect(data.positions_created_total).toBeGreaterThanOrEqual(before.data.positions_created_total);
    }
    await Promise.all([client.close(), fresh.close()]);
    await server.stop();
    await directory.dispose();
  });
});
