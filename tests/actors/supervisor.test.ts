import { describe, expect, it } from 'vitest';
import { type ConnectionGate, supervisor } from '../../src/actors/supervisor.ts';
import type { SymbolFrame } from '../../src/actors/symbol-messages.ts';
import { closeReasons } from '../../src/protocol/close-reason.ts';
import { textFrame } from '../../src/protocol/websocket-frame.ts';
import { FrameChannel } from '../../src/streams/frame-channel.ts';
import { RecordingSocket } from '../support/recording-socket.ts';
import { KernelFixture, options as spawnOptions } from './kernel/kernel-fixture.ts';

const limits = {
  slowConsumerTimeoutMs: 1000,
  stuckTimeoutMs: 10_000,
  heartbeatIntervalMs: 20_000,
  maxBufferedBytes: 1_000_000,
};
const sweepMs = 250;

/** A supervisor with its clients; ticks and time are moved by hand. */
class Room {
  readonly kernel = new KernelFixture({ turnMessages: 32, roundTurns: 64 });
  readonly channels = new Map(['BTCUSDT', 'ETHUSDT'].map((name) => [name, new FrameChannel<SymbolFrame>(1)]));
  readonly dropped: string[] = [];
  readonly verdicts: string[] = [];
  messagesSent = 0;
  gate!: ConnectionGate;
  #tick = 0;
  #seq = 0;
  readonly ref;

  constructor(maxConnections = 10, messageRate = { perSecond: 20, burst: 40 }) {
    const setup = supervisor(
      {
        limits,
        maxConnections,
        sweepMs,
        closeTimeoutMs: 2000,
        retryAfterSeconds: 5,
        connection: {
          symbols: [...this.channels.keys()],
          channelOf: (symbol) => this.channels.get(symbol)!,
          tickMs: 1000,
          defaultIntervalMs: 1000,
          ackWindow: 2,
          maxQueueSize: 5,
          messageRate,
          maxViolations: 3,
          counters: {
            messageSent: () => this.messagesSent++,
            frameDropped: (symbol) => this.dropped.push(symbol),
          },
        },
        observer: { opened() {}, ended() {}, judged: (_name, verdict) => this.verdicts.push(verdict.action) },
      },
      (gate) => {
        this.gate = gate;
      },
    );
    this.ref = this.kernel.system.spawn(setup, spawnOptions('supervisor', { supervision: { onFailure: 'resume' } }));
  }

  connect(): RecordingSocket {
    const socket = new RecordingSocket();
    socket.listener = this.gate.open(socket);
    return socket;
  }

  async idle(): Promise<void> {
    await this.kernel.system.idle();
  }

  /** A new picture of the symbol, for everyone whose cadence has come round. */
  async publish(symbol = 'BTCUSDT'): Promise<number> {
    const seq = ++this.#seq;
    const bytes = textFrame(JSON.stringify({ type: 'snapshot', symbol, seq }));
    this.channels.get(symbol)!.settle(++this.#tick, { type: 'frame', symbol, epoch: 'e', seq, bytes });
    await this.idle();
    return seq;
  }

  async subscribed(symbols = ['BTCUSDT'], extra = {}): Promise<RecordingSocket> {
    const socket = this.connect();
    socket.say({ action: 'subscribe', symbols, ...extra });
    await this.idle();
    return socket;
  }
}

const seqsOf = (socket: RecordingSocket) => socket.ofType('snapshot').map(({ seq }) => seq);

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
    const room = new Room(10, { perSecond: 1, burst: 2 });
    const socket = room.connect();
    for (let i = 0; i < 5; i++) socket.say({ action: 'ping' });
    await room.idle();
    expect(socket.messages.map(({ type, code }) => code ?? type)).toEqual(['pong', 'pong', 'RATE_LIMITED']);
    expect(socket.closedWith).toBeNull();
    socket.say({ action: 'ping' });
    await room.idle();
    expect(socket.closedWith).toEqual(closeReasons.too_many_messages);
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
    socket.listener!.closed(1006, '');
    await room.idle();
    expect(room.gate.activeConnections).toBe(0);
    expect([...room.channels.values()].map((channel) => channel.subscribers)).toEqual([0, 0]);
    expect(room.kernel.clock.pendingTimers).toBe(before);
  });
});

describe('a slow client', () => {
  it('is counted while it is slow, warned once with the exact number of frames it lost, and forgiven', async () => {
    const room = new Room();
    const socket = await room.subscribed();
    for (let i = 0; i < 6; i++) await room.publish();
    await room.kernel.advance(1250);
    expect(room.gate.slowConsumers).toBe(1);
    expect(socket.ofType('warning')).toEqual([]);

    socket.acknowledge();
    await room.idle();
    expect(socket.ofType('warning')).toMatchObject([{ code: 'SLOW_CONSUMER', dropped_messages: 3 }]);
    expect(seqsOf(socket)).toEqual([1, 2, 6]);

    socket.acknowledge();
    await room.kernel.advance(sweepMs);
    expect(room.gate.slowConsumers).toBe(0);
    expect(socket.ofType('warning')).toHaveLength(1);
    expect(socket.closedWith).toBeNull();
  });

  it('that reads every frame late is warned once, not at every frame', async () => {
    const room = new Room();
    const socket = await room.subscribed();
    for (let i = 0; i < 5; i++) {
      await room.publish();
      await room.kernel.advance(1500);
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
    await room.kernel.advance(9_999);
    expect(socket.closedWith).toBeNull();
    await room.kernel.advance(sweepMs + 1);
    expect(socket.closedWith).toEqual(closeReasons.slow_consumer);
    expect(room.gate.slowConsumers).toBe(0);
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

describe('the supervisor', () => {
  it('admits as many as it may, and again when one has left', async () => {
    const room = new Room(2);
    const first = room.connect();
    room.connect();
    expect(room.gate.admit()).toEqual({ admitted: false, reason: 'all 2 connections are taken', retryAfterSeconds: 5 });
    first.listener!.closed(1000, '');
    await room.idle();
    expect(room.gate.admit()).toEqual({ admitted: true });
  });

  it('asks a silent client for a sign of life and cuts off one that gives none', async () => {
    const room = new Room();
    const living = room.connect();
    const dead = room.connect();
    await room.kernel.advance(20_250);
    expect([living.heartbeats, dead.heartbeats].map((beats) => beats > 0)).toEqual([true, true]);
    living.listener!.pong(new Uint8Array(0));
    await room.kernel.advance(20_000);
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
    expect(polite.closedWith).toEqual({ code: 1001, reason: 'Server shutdown' });
    expect(isDone).toBe(false);
    expect(room.gate.admit()).toMatchObject({ admitted: false, reason: 'the server is shutting down' });
    await room.kernel.advance(2000);
    expect(mute.isTerminated).toBe(true);
    expect(isDone).toBe(true);
  });
});
