import { describe, expect, it } from 'vitest';
import { closeReasons } from '../../src/protocol/close-reason.ts';
import { Room, seqsOf } from './supervisor-room.ts';

describe('a connection', () => {
  it('is given the latest frame at once and then each new one', async () => {
    const room = new Room();
    await room.publish();
    const socket = await room.subscribed();
    expect(seqsOf(socket)).toEqual([1]);
    socket.acknowledge();
    await room.publish();
    expect(seqsOf(socket)).toEqual([1, 2]);
  });

  it('answers bad and good symbols of one message each in its own way', async () => {
    const room = new Room();
    await room.publish();
    const socket = await room.subscribed(['XYZUSDT', 'BTCUSDT', '__proto__'], { id: 7 });
    expect(socket.ofType('error').map(({ message }) => message)).toEqual([
      "Symbol 'XYZUSDT' not supported. Valid: BTCUSDT, ETHUSDT",
      "Symbol '__proto__' not supported. Valid: BTCUSDT, ETHUSDT",
    ]);
    expect(socket.ofType('ack')).toEqual([{ type: 'ack', id: 7, action: 'subscribe', symbols: ['BTCUSDT'] }]);
    expect(seqsOf(socket)).toEqual([1]);
  });

  it('is told nothing more of a symbol it unsubscribed, not even what was waiting', async () => {
    const room = new Room();
    const socket = await room.subscribed();
    for (let i = 0; i < 4; i++) await room.publish();
    expect(seqsOf(socket)).toEqual([1, 2]);
    socket.say({ action: 'unsubscribe', symbols: ['BTCUSDT', 'NOSUCH'] });
    await room.idle();
    socket.acknowledge();
    await room.publish();
    expect(seqsOf(socket)).toEqual([1, 2]);
    expect(socket.ofType('error')).toEqual([]);
  });

  it('is told nothing more of it either when a frame was on its way already', async () => {
    const room = new Room();
    const socket = await room.subscribed();
    await room.publish();
    socket.acknowledge();
    socket.say({ action: 'unsubscribe', symbols: ['BTCUSDT'] });
    socket.say({ action: 'ping' });
    await room.publish();
    expect(socket.messages.map(({ type }) => type)).toEqual(['snapshot', 'pong']);
  });

  it('answers a ping with the time, and what is no message with an error, and goes on', async () => {
    const room = new Room();
    const socket = room.connect();
    socket.say({ action: 'ping' });
    socket.say('not json');
    socket.listener!.binary();
    socket.say({ action: 'ping' });
    await room.idle();
    expect(socket.messages.map(({ type, code }) => code ?? type)).toEqual([
      'pong',
      'INVALID_MESSAGE',
      'INVALID_MESSAGE',
      'pong',
    ]);
  });

  it('has at most the window of unread frames under way and gets the newest when it reads on', async () => {
    const room = new Room();
    const socket = await room.subscribed();
    for (let i = 0; i < 10; i++) await room.publish();
    expect(seqsOf(socket)).toEqual([1, 2]);
    socket.acknowledge();
    await room.idle();
    expect(seqsOf(socket)).toEqual([1, 2, 10]);
    expect(room.dropped).toHaveLength(7);
  });

  it('that talks too much is told once, ignored, and closed when it does not stop', async () => {
    const room = new Room({}, { perSecond: 1, burst: 2 });
    const socket = room.connect();
    for (let i = 0; i < 5; i++) socket.say({ action: 'ping' });
    await room.idle();
    expect(socket.messages.map(({ type, code }) => code ?? type)).toEqual(['pong', 'pong', 'RATE_LIMITED']);
    expect(socket.closedWith).toBeNull();
    socket.say({ action: 'ping' });
    await room.idle();
    expect(socket.closedWith).toEqual(closeReasons.too_many_messages);
  });

  it('that shows a credential where none is asked for is told so', async () => {
    const room = new Room();
    const socket = room.connect();
    socket.say({ action: 'authenticate', token: 'secret' });
    await room.idle();
    expect(socket.ofType('error')).toEqual([
      {
        type: 'error',
        code: 'INVALID_ACTION',
        message: 'This server asks for no credentials: leave authenticate out.',
      },
    ]);
  });

  it('that floods past its mailbox is closed without being read', async () => {
    const room = new Room();
    const socket = room.connect();
    for (let i = 0; i < 10_000; i++) socket.say({ action: 'ping' });
    await room.idle();
    expect(socket.closedWith).toEqual(closeReasons.too_many_messages);
    expect(room.gate.activeConnections).toBe(0);
  });

  it('that fails closes its own socket and no other', async () => {
    const room = new Room();
    const failing = await room.subscribed();
    const other = await room.subscribed();
    failing.write = () => {
      throw new Error('this socket is broken');
    };
    await room.publish();
    expect(failing.closedWith).toEqual(closeReasons.internal_error);
    expect(seqsOf(other)).toEqual([1]);
    expect(room.gate.activeConnections).toBe(1);
    expect(room.channels.get('BTCUSDT')!.subscribers).toBe(1);
  });

  it('that is gone leaves no subscription and no timer behind', async () => {
    const room = new Room();
    const before = room.kernel.clock.pendingTimers;
    const socket = await room.subscribed(['BTCUSDT', 'ETHUSDT']);
    socket.end(1006);
    await room.idle();
    expect(room.gate.activeConnections).toBe(0);
    expect([...room.channels.values()].map((channel) => channel.subscribers)).toEqual([0, 0]);
    expect(room.kernel.clock.pendingTimers).toBe(before);
  });

  it('that wants many symbols of one tick gets them all, however narrow its window and short its queue', async () => {
    const room = new Room();
    const socket = await room.subscribed(['BTCUSDT', 'ETHUSDT']);
    await room.publishAll(['BTCUSDT', 'ETHUSDT']);
    await room.publishAll(['BTCUSDT', 'ETHUSDT']);
    expect(seqsOf(socket)).toEqual([1, 2, 3, 4]);
    expect([socket.unansweredPings, room.dropped]).toEqual([2, []]);
  });
});
