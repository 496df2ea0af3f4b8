import { describe, expect, it } from 'vitest';
import { closeReasons } from '../../src/protocol/close-reason.ts';
import type { RecordingSocket } from '../support/recording-socket.ts';
import { Room, seqsOf, sweepMs } from './supervisor-room.ts';

describe('a slow client', () => {
  it('is counted while it is slow, warned once with the exact number of frames it lost, and forgiven', async () => {
    const room = new Room();
    const socket = await room.subscribed();
    for (let i = 0; i < 6; i++) await room.publish();
    await room.advance(1250);
    expect(room.gate.slowConsumers).toBe(1);
    expect(socket.ofType('warning')).toEqual([]);

    socket.acknowledge();
    await room.idle();
    expect(socket.ofType('warning')).toMatchObject([{ code: 'SLOW_CONSUMER', dropped_messages: 3 }]);
    expect(seqsOf(socket)).toEqual([1, 2, 6]);

    socket.acknowledge();
    await room.advance(sweepMs);
    expect(room.gate.slowConsumers).toBe(0);
    expect(socket.ofType('warning')).toHaveLength(1);
    expect(socket.closedWith).toBeNull();
  });

  it('is among those that lag by as much as it does, and what it reads late is told', async () => {
    const room = new Room();
    const [slow, prompt] = [await room.subscribed(), await room.subscribed()];
    await room.publish();
    prompt.acknowledge();
    await room.advance(1250);
    const [most, least] = [...room.gate.clientLags()].sort((a, b) => b - a);
    expect(most).toBeGreaterThanOrEqual(1250 - sweepMs);
    expect(least).toBe(0);
    slow.acknowledge();
    await room.idle();
    expect(room.acknowledgedAfterMs.at(-1)).toBe(1250);
  });

  it('that reads every frame late is warned once, not at every frame', async () => {
    const room = new Room();
    const socket = await room.subscribed();
    for (let i = 0; i < 5; i++) {
      await room.publish();
      await room.advance(1500);
      socket.acknowledge();
      await room.idle();
    }
    expect(socket.ofType('warning')).toHaveLength(1);
    expect(room.gate.slowConsumers).toBe(1);
  });

  it('that stays stuck is closed with 4408', async () => {
    const room = new Room();
    const socket = await room.subscribed();
    await room.publish();
    await room.advance(9_999);
    expect(socket.closedWith).toBeNull();
    await room.advance(sweepMs + 1);
    expect(socket.closedWith).toEqual(closeReasons.slow_consumer);
    expect(room.gate.slowConsumers).toBe(0);
  });

  it('has one frame at a time on its way until it has recovered', async () => {
    const room = new Room();
    const socket = await room.subscribed();
    for (let i = 0; i < 3; i++) await room.publish();
    expect(socket.unansweredPings).toBe(2);
    await room.advance(1250);
    socket.acknowledge();
    await room.idle();
    await room.publish();
    expect([socket.unansweredPings, seqsOf(socket)]).toEqual([1, [1, 2, 3]]);
  });

  it('is not made of everyone by a server that stood still', async () => {
    const room = new Room();
    const sockets = [await room.subscribed(), await room.subscribed()];
    await room.publish();
    await room.kernel.advance(30_000);
    expect(room.gate.slowConsumers).toBe(0);
    for (const socket of sockets) socket.acknowledge();
    await room.advance(2000);
    expect([room.gate.slowConsumers, room.gate.activeConnections]).toEqual([0, 2]);
  });

  it('takes nothing from a fast one beside it', async () => {
    const room = new Room();
    await room.subscribed();
    const fast = await room.subscribed();
    for (let i = 0; i < 20; i++) {
      await room.publish();
      fast.acknowledge();
      await room.idle();
    }
    expect(seqsOf(fast)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });
});

describe('a client whose connections are lost', () => {
  it('is warned when it has come back too often, and only then', async () => {
    const room = new Room({ unstableReconnects: 3 });
    const warnings: unknown[][] = [];
    for (let i = 0; i < 5; i++) {
      const socket = room.connect();
      await room.idle();
      warnings.push(socket.ofType('warning').map(({ code }) => code));
      socket.end(1006);
      await room.idle();
    }
    expect(warnings).toEqual([[], [], [], ['CONNECTION_UNSTABLE'], ['CONNECTION_UNSTABLE']]);
  });

  it('is not warned when it said goodbye each time', async () => {
    const room = new Room({ unstableReconnects: 1 });
    for (let i = 0; i < 3; i++) {
      const socket = room.connect();
      await room.idle();
      expect(socket.messages).toEqual([]);
      socket.end(1001);
      await room.idle();
    }
  });
});

describe('the supervisor', () => {
  it('admits as many as it may, and again when one has left', async () => {
    const room = new Room({ maxConnections: 2 });
    const first = room.connect();
    room.connect();
    expect(room.gate.admit('192.0.2.1')).toEqual({
      admitted: false,
      cause: 'full',
      reason: 'all 2 connections are taken',
      retryAfterSeconds: 5,
    });
    first.end(1000);
    await room.idle();
    expect(room.gate.admit('192.0.2.1')).toEqual({ admitted: true });
  });

  it('asks a silent client for a sign of life and cuts off one that gives none', async () => {
    const room = new Room();
    const living = room.connect();
    const dead = room.connect();
    await room.advance(20_250);
    expect([living.heartbeats, dead.heartbeats]).toEqual([1, 1]);
    living.listener!.pong(new Uint8Array(0));
    await room.advance(20_000);
    expect(dead.isTerminated).toBe(true);
    expect(living.isTerminated).toBe(false);
    expect(room.gate.activeConnections).toBe(1);
  });

  it('closes everyone with 1001 at shutdown, cuts off who does not answer, and lets nobody in', async () => {
    const room = new Room();
    const polite = room.connect();
    const mute = room.connect();
    mute.close = () => {};
    let isDone = false;
    room.ref.tell({
      type: 'shut_down',
      done: () => {
        isDone = true;
      },
    });
    await room.idle();
    expect(polite.messages.at(-1)).toEqual({ type: 'goaway', reconnect_after_ms: 0 });
    expect(polite.closedWith).toEqual({ code: 1001, reason: 'Server shutdown' });
    expect(isDone).toBe(false);
    expect(room.gate.admit('192.0.2.1')).toMatchObject({ admitted: false, reason: 'the server is shutting down' });
    await room.advance(2800);
    expect(mute.isTerminated).toBe(true);
    expect(isDone).toBe(true);
  });

  it('sends its clients away one after another over the time of the drain, and serves those that are left', async () => {
    const room = new Room();
    const clients: RecordingSocket[] = [];
    for (let i = 0; i < 8; i++) clients.push(await room.subscribed());
    room.ref.tell({ type: 'shut_down', done() {} });
    await room.idle();
    const left = () => clients.filter(({ closedWith }) => closedWith === null).length;
    expect(left()).toBe(7);
    await room.advance(350);
    expect(left()).toBe(4);
    const seq = await room.publish();
    expect(clients.filter((client) => client.ofType('snapshot').some((snapshot) => snapshot.seq === seq))).toHaveLength(
      left(),
    );
    await room.advance(600);
    expect(left()).toBe(0);
  });

  it('leads nobody back who comes from another server with a picture that this one has not heard of yet', async () => {
    const room = new Room({}, undefined, undefined, true);
    await room.publish();
    const ahead = await room.subscribed(['BTCUSDT'], { mode: 'delta', resume: { BTCUSDT: { epoch: 'e', seq: 3 } } });
    const other = await room.subscribed(['BTCUSDT'], {
      mode: 'delta',
      resume: { BTCUSDT: { epoch: 'another', seq: 3 } },
    });
    for (const seq of [2, 3, 4]) {
      expect(await room.publish()).toBe(seq);
      for (const client of [ahead, other]) client.acknowledge();
    }
    expect(seqsOf(ahead)).toEqual([4]);
    expect(seqsOf(other)[0]).toBe(1);
  });
});
