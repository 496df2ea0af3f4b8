/** Delta mode on a recorded day, through the real server: the same pictures in fewer bytes, merged where ticks were skipped, resumed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeltaMessage, ServerMessage, SnapshotMessage } from '../../src/protocol/server-message.ts';
import { serverMessageSchema } from '../../src/protocol/server-message.ts';
import { checksumOf, DeltaClient, rowsOf } from '../support/delta-client.ts';
import { available } from '../support/require-or-skip.ts';
import { projectRoot, ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

const file = join('..', 'shared', 'data', 'binance-um-BTCUSDT-1m-2025-06-12_14.csv');
const recordings = 'the recordings in ../shared/data';

const isPicture = (message: ServerMessage): message is SnapshotMessage | DeltaMessage =>
  message.type === 'snapshot' || message.type === 'delta';
const picturesOf = (client: TestClient) => client.messages.filter(isPicture);

describe.skipIf(!available(recordings, existsSync(join(projectRoot, file))))(`with ${recordings}`, () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: ServerProcess;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    server = await ServerProcess.started({
      SOURCE: 'recorded',
      RECORDED_FILES: `BTCUSDT=${file}`,
      RECORDED_SPEED: '1200',
      WS_UPDATE_INTERVAL: '0.05',
      // Else the first of its clients is given a picture beside its own pace.
      WS_IDLE_INTERVAL: '0.05',
      DATA_DIR: directory.path,
    });
  });

  afterAll(async () => {
    await server?.stop();
    await directory?.dispose();
  });

  const subscribed = (extra: object) => TestClient.subscribed(server.url, ['BTCUSDT'], { mode: 'delta', ...extra });
  const heard = (client: TestClient, count: number) => client.message(() => picturesOf(client).length >= count);

  it('shows the same pictures as snapshots do, at every seq', async () => {
    const [whole, delta] = await Promise.all([TestClient.subscribed(server.url, ['BTCUSDT']), subscribed({})]);
    const held = new DeltaClient();
    await Promise.all([heard(whole, 40), heard(delta, 40)]);
    const bySeq = new Map(whole.snapshots.map((snapshot) => [snapshot.seq, snapshot]));
    let compared = 0;
    for (const message of picturesOf(delta)) {
      serverMessageSchema.parse(message);
      expect(held.take(message)).toBe('shown');
      const same = bySeq.get(message.seq);
      if (same === undefined) continue;
      compared++;
      expect(held.picture!.rows).toEqual(rowsOf(same));
      expect(message.checksum).toBe(same.checksum);
      expect(checksumOf(rowsOf(same))).toBe(same.checksum);
      expect(message.data.current_price).toBe(same.data.current_price);
    }
    expect(compared).toBeGreaterThan(20);
    expect(picturesOf(delta).filter(({ type }) => type === 'snapshot')).toHaveLength(1);
    await Promise.all([whole.close(), delta.close()]);
  });

  it('gives a client that wants a picture a second one merged delta in place of twenty', async () => {
    const client = await subscribed({ update_interval: 1 });
    await heard(client, 3);
    const held = new DeltaClient();
    const [first, second] = picturesOf(client) as [SnapshotMessage, DeltaMessage];
    for (const message of picturesOf(client)) expect(held.take(message)).toBe('shown');
    expect(second).toMatchObject({ type: 'delta', prev_seq: first.seq });
    expect(second.seq - first.seq).toBeGreaterThan(5);
    expect(second.data.positions_created).toBe(
      second.data.positions_created_total - first.data.positions_created_total,
    );
    await client.close();
  });

  it('goes on from the picture that a client comes back with', async () => {
    const before = await subscribed({});
    await heard(before, 5);
    await before.close();
    const held = new DeltaClient();
    for (const message of picturesOf(before)) held.take(message);
    const { epoch, seq } = held.picture!;

    const back = await subscribed({ resume: { BTCUSDT: { epoch, seq } } });
    await heard(back, 3);
    const [first] = picturesOf(back);
    expect(first).toMatchObject({ type: 'delta', prev_seq: seq });
    for (const message of picturesOf(back)) expect(held.take(message)).toBe('shown');
    await back.close();
  });

  it.each([
    ['of another epoch', { epoch: 'nowhere', seq: 1 }],
    ['that is not known any more', { epoch: null, seq: 1 }],
    ['from the future', { epoch: null, seq: 1e9 }],
  ])('begins with a snapshot for a picture %s', async (_what, { epoch, seq }) => {
    const other = await subscribed({});
    const known = await other.snapshot();
    const client = await subscribed({ resume: { BTCUSDT: { epoch: epoch ?? known.epoch, seq } } });
    await heard(client, 2);
    expect(picturesOf(client).map(({ type }) => type)).toEqual(['snapshot', 'delta']);
    await Promise.all([other.close(), client.close()]);
  });

  it('gives a whole picture again to a client that asks for repair, and whole ones to one that leaves delta mode', async () => {
    const client = await subscribed({});
    await heard(client, 3);
    const forRepair = picturesOf(client).length;
    client.send({ action: 'subscribe', symbols: ['BTCUSDT'], mode: 'delta', id: 'repair' });
    await client.message(({ type }) => type === 'ack');
    const after = client.messages.findIndex(({ type }) => type === 'ack');
    await heard(client, forRepair + 10);
    const repaired = client.messages.slice(after + 1).filter(isPicture);
    expect(repaired.slice(0, 2).map(({ type }) => type)).toEqual(['snapshot', 'delta']);

    client.send({ action: 'subscribe', symbols: ['BTCUSDT'], id: 'whole' });
    await client.message((message) => message.type === 'ack' && message.id === 'whole');
    const left = client.messages.findIndex((message) => message.type === 'ack' && message.id === 'whole');
    await client.message(() => client.messages.slice(left + 1).filter(isPicture).length >= 3);
    expect(
      new Set(
        client.messages
          .slice(left + 1)
          .filter(isPicture)
          .map(({ type }) => type),
      ),
    ).toEqual(new Set(['snapshot']));
    await client.close();
  });

  it('is made once for all who need the same', async () => {
    const stats = () => server.json<{ encodes_total: number; messages_sent_total: number }>('/ws/stats');
    const before = await stats();
    const clients = await Promise.all(Array.from({ length: 20 }, () => subscribed({})));
    await Promise.all(clients.map((client) => heard(client, 20)));
    const after = await stats();
    const sent = after.messages_sent_total - before.messages_sent_total;
    // A snapshot in two forms and a delta in two forms a picture, and twenty clients that get each.
    expect(after.encodes_total - before.encodes_total).toBeLessThan(sent / 3);
    await Promise.all(clients.map((client) => client.close()));
  });
});
