/** A client that asked for liquidations, under its own acknowledgement window. Two messages a symbol may wait. */
import { describe, expect, it } from 'vitest';
import type { LiquidationsMessage } from '../../src/protocol/liquidations-message.ts';
import { liquidationsOf } from '../support/liquidations.ts';
import type { RecordingSocket } from '../support/recording-socket.ts';
import { Room, seqsOf } from './supervisor-room.ts';

const newsOf = (socket: RecordingSocket) => socket.ofType('liquidations') as unknown as LiquidationsMessage[];
const toldOf = (socket: RecordingSocket) => newsOf(socket).map(({ seq, missed }) => [seq, missed]);
const only = { channels: ['liquidations'] };
const both = { channels: ['heatmap', 'liquidations'] };

/** In a turn of its own. */
async function tell(room: Room, seq: number, symbol = 'BTCUSDT'): Promise<void> {
  await room.advance(1);
  room.news.tell(liquidationsOf(symbol, [seq]));
  await room.idle();
}

describe('a client', () => {
  it('that asked for nothing but pictures never gets one', async () => {
    const room = new Room();
    const socket = await room.subscribed();
    await room.publish();
    await tell(room, 1);
    expect(socket.messages.map(({ type }) => type)).toEqual(['snapshot']);
  });

  it('gets what it asked for: pictures, liquidations, or both; and an ack names it', async () => {
    const room = new Room();
    const [pictures, liquidations, all] = [
      await room.subscribed(['BTCUSDT'], { id: 1, channels: ['heatmap'] }),
      await room.subscribed(['BTCUSDT'], { id: 2, ...only }),
      await room.subscribed(['BTCUSDT'], { id: 3, ...both }),
    ];
    await room.publish();
    await tell(room, 1);
    const typesOf = (socket: RecordingSocket) => socket.messages.map(({ type }) => type);
    expect(typesOf(pictures)).toEqual(['ack', 'snapshot']);
    expect(typesOf(liquidations)).toEqual(['ack', 'liquidations']);
    expect(typesOf(all)).toEqual(['ack', 'snapshot', 'liquidations']);
    expect(all.messages[0]).toEqual({ type: 'ack', id: 3, action: 'subscribe', symbols: ['BTCUSDT'], ...both });
    expect(room.news.listeners).toEqual({ liquidations: 2, score: 0 });
  });

  it('is first told of the newest that there were, marked as such', async () => {
    const room = new Room();
    for (const seq of [1, 2, 3, 4]) await tell(room, seq);
    const socket = await room.subscribed(['BTCUSDT', 'ETHUSDT'], only);
    await tell(room, 5);
    expect(newsOf(socket).map(({ recent, data }) => [recent, data.map(({ seq }) => seq)])).toEqual([
      [true, [2, 3, 4]],
      [undefined, [5]],
    ]);
  });

  it('that asks again goes on where it was: nothing twice, nothing lost, and what it leaves out ends', async () => {
    const room = new Room();
    const socket = await room.subscribed(['BTCUSDT'], both);
    for (const seq of [1, 2, 3]) await tell(room, seq);
    socket.say({ action: 'subscribe', symbols: ['BTCUSDT'], ...only });
    await room.idle();
    await room.publish();
    socket.acknowledge();
    await room.idle();
    expect(toldOf(socket)).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
    ]);
    expect(seqsOf(socket)).toEqual([]);
    socket.say({ action: 'subscribe', symbols: ['BTCUSDT'] });
    await room.idle();
    socket.acknowledge();
    await tell(room, 4);
    expect(newsOf(socket)).toHaveLength(3);
    expect(seqsOf(socket)).toEqual([1]);
    expect(room.news.listeners).toEqual({ liquidations: 0, score: 0 });
  });

  it('unsubscribes from one channel and keeps the other, or from all', async () => {
    const room = new Room();
    const socket = await room.subscribed(['BTCUSDT', 'ETHUSDT'], both);
    socket.say({ action: 'unsubscribe', symbols: ['BTCUSDT'], channels: ['heatmap'], id: 9 });
    socket.say({ action: 'unsubscribe', symbols: ['ETHUSDT'] });
    await room.publishAll(['BTCUSDT', 'ETHUSDT']);
    await tell(room, 1);
    await tell(room, 2, 'ETHUSDT');
    expect(socket.ofType('ack')).toEqual([
      { type: 'ack', id: 9, action: 'unsubscribe', symbols: ['BTCUSDT'], channels: ['heatmap'] },
    ]);
    expect(seqsOf(socket)).toEqual([]);
    expect(newsOf(socket).map(({ symbol }) => symbol)).toEqual(['BTCUSDT']);
  });

  it('that does not read has the window under way, loses the oldest of what waits, and is told exactly how many', async () => {
    const room = new Room();
    const slow = await room.subscribed(['BTCUSDT'], only);
    const prompt = await room.subscribed(['BTCUSDT'], only);
    for (let seq = 1; seq <= 7; seq++) {
      await tell(room, seq);
      prompt.acknowledge();
      await room.idle();
    }
    const window = [
      [1, 0],
      [2, 0],
    ];
    expect(toldOf(slow)).toEqual(window);
    slow.acknowledge();
    await room.idle();
    expect(toldOf(slow)).toEqual([...window, [6, 3], [7, 0]]);
    expect(toldOf(prompt).every(([, missed]) => missed === 0)).toBe(true);
    expect(room.dropped).toHaveLength(3);
    expect(room.messagesSent).toBe(slow.messages.length + prompt.messages.length);
  });

  it('is not taken for slow because news wait for a moment: its pictures keep their window', async () => {
    const room = new Room();
    const socket = await room.subscribed(['BTCUSDT'], both);
    for (const seq of [1, 2, 3]) await tell(room, seq);
    socket.acknowledge();
    await room.idle();
    socket.acknowledge();
    await room.publish();
    await room.publish();
    expect(seqsOf(socket)).toEqual([1, 2]);
  });

  it('leaves nothing behind when it goes', async () => {
    const room = new Room();
    const socket = await room.subscribed(['BTCUSDT', 'ETHUSDT'], both);
    socket.end(1000);
    await room.idle();
    expect(room.news.listeners).toEqual({ liquidations: 0, score: 0 });
  });

  it('that does not name a channel is told which there are', async () => {
    const room = new Room();
    const socket = await room.subscribed(['BTCUSDT'], { channels: ['trades'] });
    expect(socket.ofType('error')).toEqual([
      {
        type: 'error',
        code: 'INVALID_MESSAGE',
        message: "Field 'channels.0' of subscribe must be one of: heatmap, liquidations, score.",
      },
    ]);
    socket.say({ action: 'subscribe', symbols: ['BTCUSDT'], channels: [] });
    await room.idle();
    expect(socket.ofType('error').at(-1)!.message).toBe(
      "Field 'channels' of subscribe must be an array of 1 to 3 of: heatmap, liquidations, score.",
    );
  });
});
