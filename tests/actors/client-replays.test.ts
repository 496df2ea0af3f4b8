/** Replays of one client under a clock moved by hand; the worker's part is answered by the test. */
import { describe, expect, it } from 'vitest';
import type { ReplaySource } from '../../src/actors/replay-source.ts';
import { snapshotFrame } from '../../src/protocol/snapshot-frame.ts';
import type { ReplayRequest, ReplayStep } from '../../src/workers/replay-job.ts';
import { Room, seqsOf } from './supervisor-room.ts';

const from = '2025-06-13T00:00:00Z';
const begin = Date.parse(from);
const noLevels = {
  count: 0,
  number: new Float64Array(),
  longDensity: new Float64Array(),
  shortDensity: new Float64Array(),
};

class ScriptedSource implements ReplaySource {
  readonly asked: ReplayRequest[] = [];
  readonly #answers: PromiseWithResolvers<ReplayStep>[] = [];

  step(request: ReplayRequest): Promise<ReplayStep> {
    this.asked.push(request);
    const answer = Promise.withResolvers<ReplayStep>();
    this.#answers.push(answer);
    return answer.promise;
  }

  /** Answers what was asked last with the picture of a seq. */
  give(seq: number, state: ReplayStep['state'] = 'under_way', hasPicture = true): void {
    const { name: symbol } = this.asked.at(-1)!;
    const facts = {
      symbol,
      epoch: 'e',
      seq,
      timestamp: 0,
      marketTime: begin + seq * 1000,
      currentPrice: 1,
      created: 0,
      consumed: 0,
      createdTotal: seq * 40,
      consumedTotal: seq,
      levelStep: { mantissa: 1, exponent: 0 },
    } as const;
    const rendered = { ...snapshotFrame(facts, noLevels), levels: noLevels, deflated: null };
    const picture = hasPicture ? { facts, sides: { long: 1, short: 1 }, rendered } : null;
    this.#answers.at(-1)!.resolve({ picture, seq, marketTime: facts.marketTime, state });
  }

  fail(): void {
    this.#answers.at(-1)!.reject(new Error('the worker died'));
  }
}

function stage() {
  const source = new ScriptedSource();
  const room = new Room({}, undefined, source);
  const settle = async () => {
    for (let round = 0; round < 5; round++) {
      await new Promise((resolve) => setImmediate(resolve));
      await room.idle();
    }
  };
  const replaying = async (fields: object = {}) => {
    const socket = room.connect();
    socket.say({ action: 'replay', symbol: 'BTCUSDT', from, speed: 0, ...fields });
    await settle();
    return socket;
  };
  const give = async (...step: Parameters<ScriptedSource['give']>) => {
    source.give(...step);
    await settle();
  };
  return { source, room, settle, replaying, give };
}

describe('a replay without a speed', () => {
  it('asks for each next picture when the client has the one before, and joins the live ones behind the last', async () => {
    const { source, room, replaying, give, settle } = stage();
    const socket = await replaying({ id: 4 });
    expect(source.asked[0]).toMatchObject({ seq: null, from: { time: begin }, untilMs: null, stepMs: 1000 });
    await give(10);
    expect(source.asked[1]).toMatchObject({ seq: 10, before: { created: 400, consumed: 10 } });
    await give(20);
    // Two are unread, and no third is made.
    expect(source.asked).toHaveLength(3);
    await give(30);
    expect([seqsOf(socket), source.asked.length]).toEqual([[10, 20], 3]);
    socket.acknowledge();
    await settle();
    expect([seqsOf(socket), source.asked.length]).toEqual([[10, 20, 30], 4]);
    // The last of it is what the live pictures, which are not there yet, begin behind.
    await room.publish();
    socket.acknowledge();
    await give(40, 'caught_up');
    expect(seqsOf(socket)).toEqual([10, 20, 30, 40]);
    expect(socket.messages.filter(({ type }) => type !== 'snapshot')).toEqual([
      { type: 'ack', id: 4, action: 'replay', symbols: ['BTCUSDT'] },
      { type: 'replay', symbol: 'BTCUSDT', state: 'live', seq: 40 },
    ]);
    for (let seq = 2; seq <= 42; seq++) {
      socket.acknowledge();
      await room.publish();
    }
    expect(seqsOf(socket)).toEqual([10, 20, 30, 40, 41, 42]);
  });

  it('ends where it was told, and nothing comes after it', async () => {
    const { room, replaying, give } = stage();
    const socket = await replaying({ to: 20 });
    await give(10);
    await give(20, 'ended');
    expect(socket.ofType('replay')).toEqual([{ type: 'replay', symbol: 'BTCUSDT', state: 'ended', seq: 20 }]);
    socket.acknowledge();
    for (let i = 0; i < 25; i++) await room.publish();
    expect(seqsOf(socket)).toEqual([10, 20]);
  });

  it('says that it is over only when its last picture was given', async () => {
    const { replaying, give, settle } = stage();
    const socket = await replaying();
    await give(1);
    await give(2);
    await give(3, 'ended');
    expect([seqsOf(socket), socket.ofType('replay')]).toEqual([[1, 2], []]);
    socket.acknowledge();
    await settle();
    expect(socket.messages.map(({ type }) => type)).toEqual(['snapshot', 'snapshot', 'snapshot', 'replay']);
  });
});

describe('a replay with a speed', () => {
  it('asks at each interval for where the market was by then, and passes over what did not change', async () => {
    const { source, room, replaying, give } = stage();
    const socket = await replaying({ speed: 60, update_interval: 2 });
    await give(0);
    expect(source.asked).toHaveLength(1);
    await room.advance(2000);
    expect(source.asked[1]).toMatchObject({ seq: 0, untilMs: begin + 120_000 });
    await give(0, 'under_way', false);
    await room.advance(2000);
    expect(source.asked[2]).toMatchObject({ seq: 0, untilMs: begin + 240_000 });
    await give(5);
    expect(seqsOf(socket)).toEqual([0, 5]);
  });

  it('gives a slow client the newest, and counts what it lost', async () => {
    const { room, replaying, give } = stage();
    const socket = await replaying({ speed: 60 });
    for (let seq = 1; seq <= 5; seq++) {
      await give(seq);
      await room.advance(1000);
    }
    expect(seqsOf(socket)).toEqual([1, 2]);
    socket.acknowledge();
    await room.idle();
    expect(seqsOf(socket)).toEqual([1, 2, 5]);
    expect(room.dropped).toEqual(['BTCUSDT', 'BTCUSDT']);
  });
});

describe('replays', () => {
  it('end when the client subscribes, unsubscribes or leaves: what is under way then comes to nothing', async () => {
    for (const leave of [
      (socket: Awaited<ReturnType<ReturnType<typeof stage>['replaying']>>) =>
        socket.say({ action: 'unsubscribe', symbols: ['BTCUSDT'] }),
      (socket: Awaited<ReturnType<ReturnType<typeof stage>['replaying']>>) => socket.end(1001),
    ]) {
      const { source, replaying, give, settle } = stage();
      const socket = await replaying();
      await give(1);
      leave(socket);
      await settle();
      await give(2);
      expect([seqsOf(socket), source.asked.length]).toEqual([[1], 2]);
    }
  });

  it('are refused beyond the limit, and a place is free again when one ends', async () => {
    const { replaying, give } = stage();
    await replaying();
    const second = await replaying();
    const third = await replaying();
    expect(third.ofType('error')).toEqual([
      {
        type: 'error',
        code: 'RATE_LIMITED',
        message: 'Too many replays are under way: at most 2 at a time. Try again later.',
      },
    ]);
    await give(1, 'ended');
    expect(second.ofType('replay')).toHaveLength(1);
    expect((await replaying()).ofType('error')).toEqual([]);
  });

  it('of a symbol that is not offered are refused by name', async () => {
    const { replaying } = stage();
    expect((await replaying({ symbol: 'XYZUSDT' })).ofType('error')[0]).toMatchObject({ code: 'INVALID_SYMBOL' });
  });

  it('go on when a worker failed, and cost only this client its connection when it fails again and again', async () => {
    const { source, room, replaying, give, settle } = stage();
    const other = await room.subscribed();
    const socket = await replaying();
    source.fail();
    await settle();
    await room.advance(1000);
    await give(1);
    expect(seqsOf(socket)).toEqual([1]);
    for (let failure = 0; failure < 6; failure++) {
      source.fail();
      await settle();
      await room.advance(1000);
    }
    expect(socket.closedWith?.code).toBe(1011);
    await room.publish();
    expect([other.closedWith, seqsOf(other)]).toEqual([null, [1]]);
  });
});
