/** What the client library makes of liquidations: each once, whatever becomes of the connection. */
import { describe, expect, it } from 'vitest';
import type { LiquidationsMessage } from '../../src/client/messages.ts';
import { liquidationsOf } from '../support/liquidations.ts';
import { loseAndWait, snapshot, socket, stage, useScriptedSockets } from './client-stage.ts';

useScriptedSockets();

const channels = ['heatmap', 'liquidations'] as const;

function listening(symbols = ['BTCUSDT']) {
  const told: LiquidationsMessage[] = [];
  const client = stage({ onLiquidations: (message) => told.push(message) });
  client.client.subscribe(symbols, { channels });
  client.client.connect();
  socket().open();
  return { ...client, told, seqs: () => told.map(({ data }) => data.map(({ seq }) => seq)) };
}
const recent = (seqs: number[], changes = {}) => ({ ...liquidationsOf('BTCUSDT', seqs), recent: true, ...changes });

describe('liquidations', () => {
  it('are asked for by the channel’s name, and by none where none is named', async () => {
    const { client } = listening(['BTCUSDT', 'ETHUSDT']);
    const asked = { action: 'subscribe', mode: 'delta' };
    expect(socket().sent).toEqual([{ ...asked, symbols: ['BTCUSDT', 'ETHUSDT'], channels }]);
    client.subscribe(['ETHUSDT', 'SOLUSDT']);
    expect(socket().sent[1]).toEqual({ ...asked, symbols: ['ETHUSDT', 'SOLUSDT'] });
    client.subscribe(['BTCUSDT'], { channels: ['heatmap', 'liquidations'] });
    expect(socket().sent).toHaveLength(2);
    await loseAndWait(2000);
    socket().open();
    expect(socket().sent).toEqual([
      { ...asked, symbols: ['BTCUSDT'], channels },
      { ...asked, symbols: ['ETHUSDT', 'SOLUSDT'] },
    ]);
  });

  it('come as the server sends them, those of a symbol that is not wanted any more excepted', () => {
    const { client, told, statuses } = listening();
    socket().say(recent([3, 5]));
    socket().say(liquidationsOf('BTCUSDT', [6, 8], 2));
    socket().say(liquidationsOf('ETHUSDT', [6]));
    client.unsubscribe(['BTCUSDT']);
    socket().say(liquidationsOf('BTCUSDT', [9]));
    expect(told).toEqual([recent([3, 5]), liquidationsOf('BTCUSDT', [6, 8], 2)]);
    expect(statuses).toEqual(['connecting', 'connected']);
  });

  it('are not given twice after a lost connection; what came meanwhile is new, and what is gone a gap', async () => {
    const { told, seqs } = listening();
    socket().say(liquidationsOf('BTCUSDT', [3, 5]));
    await loseAndWait(2000);
    socket().open();
    socket().say(recent([3, 5, 7], { prev_seq: 2 }));
    expect([seqs(), told[1]!.recent, told[1]!.gap]).toEqual([[[3, 5], [7]], undefined, undefined]);
    await loseAndWait(2000);
    socket().open();
    socket().say(recent([5, 7], { prev_seq: 3 }));
    socket().say(recent([20, 21], { prev_seq: 18 }));
    expect(seqs()).toEqual([[3, 5], [7], [20, 21]]);
    expect(told[2]).toMatchObject({ gap: true, prev_seq: 18 });
    // Where a slow link lost some the server has counted them.
    socket().say({ ...liquidationsOf('BTCUSDT', [30], 4), prev_seq: 29 });
    expect(told[3]).toMatchObject({ missed: 4, prev_seq: 29 });
    expect(told[3]).not.toHaveProperty('gap');
  });

  it('of another epoch begin anew', () => {
    const { seqs } = listening();
    socket().say(liquidationsOf('BTCUSDT', [9]));
    socket().say({ ...liquidationsOf('BTCUSDT', [1]), epoch: 'epoch-2' });
    expect(seqs()).toEqual([[9], [1]]);
  });

  it('do not disturb pictures, and say as these do that data flows', async () => {
    const { client, snapshots, told, statuses } = listening();
    socket().say(liquidationsOf('BTCUSDT', [1]));
    socket().say(snapshot(1));
    socket().say({ type: 'warning', code: 'SLOW_CONSUMER', message: '', dropped_messages: 1 });
    socket().say(liquidationsOf('BTCUSDT', [2]));
    expect([snapshots.length, told.length, statuses.slice(-2)]).toEqual([1, 2, ['slow', 'connected']]);
    client.disconnect();
  });
});
