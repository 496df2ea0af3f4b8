import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameChannel } from '../../src/streams/frame-channel.ts';

interface Frame {
  readonly seq: number;
}

const listen = (channel: FrameChannel<Frame>, ticks: number) => {
  const heard: number[] = [];
  const subscription = channel.every(ticks).subscribe(({ seq }) => heard.push(seq));
  return { heard, stop: () => subscription.unsubscribe() };
};

describe('a frame channel', () => {
  it('gives a newcomer the latest frame at once, and then each that is another', () => {
    const channel = new FrameChannel<Frame>(1);
    channel.settle(1, { seq: 1 });
    const { heard } = listen(channel, 1);
    expect(heard).toEqual([1]);
    channel.settle(2, undefined);
    channel.settle(3, { seq: 2 });
    expect(heard).toEqual([1, 2]);
  });

  it('gives who came before the first frame that frame as soon as it is there, whatever the cadence', () => {
    const channel = new FrameChannel<Frame>(1);
    const { heard } = listen(channel, 60);
    expect(channel.isDue(1)).toBe(true);
    channel.settle(1, { seq: 1 });
    expect(heard).toEqual([1]);
  });

  it('gives a slower cadence the latest frame of its ticks, also when that frame came earlier', () => {
    const channel = new FrameChannel<Frame>(1);
    const { heard } = listen(channel, 5);
    channel.settle(1, { seq: 1 });
    for (let tick = 2; tick <= 4; tick++) channel.settle(tick, { seq: tick });
    expect(heard).toEqual([1]);
    channel.settle(5, undefined);
    expect(heard).toEqual([1, 4]);
    channel.settle(10, undefined);
    expect(heard).toEqual([1, 4]);
  });

  it('serves the ticks that passed while a picture was made', () => {
    const channel = new FrameChannel<Frame>(100);
    channel.settle(1, { seq: 1 });
    const { heard } = listen(channel, 5);
    for (let tick = 2; tick <= 7; tick++) channel.isDue(tick);
    channel.settle(7, { seq: 7 });
    expect(heard).toEqual([1, 7]);
    channel.settle(9, { seq: 9 });
    expect(heard).toEqual([1, 7]);
  });

  it('is due for its own cadence without clients, and for a client’s when there is one', () => {
    const channel = new FrameChannel<Frame>(5);
    channel.settle(5, { seq: 1 });
    expect([6, 7, 8, 9, 10].map((tick) => channel.isDue(tick))).toEqual([false, false, false, false, true]);
    channel.settle(10, undefined);
    const { stop } = listen(channel, 2);
    expect([11, 12].map((tick) => channel.isDue(tick))).toEqual([false, true]);
    stop();
    expect(channel.isDue(12)).toBe(false);
  });

  it('owes the first of its clients a picture of the next tick, if it is told that what there was may be old', () => {
    const channel = new FrameChannel<Frame>(50);
    channel.owesFirst = true;
    channel.settle(1, { seq: 1 });
    const first = listen(channel, 60);
    expect(channel.isDue(2)).toBe(true);
    channel.settle(2, { seq: 2 });
    const second = listen(channel, 60);
    expect(channel.isDue(3)).toBe(false);
    expect([first.heard, second.heard]).toEqual([[1, 2], [2]]);
  });

  it('without a cadence of its own is drawn for clients only, and gives the first of them nothing old', () => {
    const channel = new FrameChannel<Frame>(Number.POSITIVE_INFINITY);
    expect([1, 2].map((tick) => channel.isDue(tick))).toEqual([false, false]);
    const first = listen(channel, 5);
    expect(channel.isDue(3)).toBe(true);
    channel.settle(3, { seq: 3 });
    first.stop();
    expect(channel.isDue(9)).toBe(false);
    const second = listen(channel, 5);
    const third = listen(channel, 5);
    expect(channel.isDue(10)).toBe(true);
    channel.settle(10, { seq: 10 });
    expect([first.heard, second.heard, third.heard]).toEqual([[3], [10], [3, 10]]);
  });

  it('is due for its own cadence at another tick than a channel of another phase', () => {
    const due = [0, 1, 7].map((phase) => {
      const channel = new FrameChannel<Frame>(5, {}, 1, phase);
      channel.settle(0, { seq: 1 });
      return [1, 2, 3, 4, 5].findIndex((tick) => channel.isDue(tick)) + 1;
    });
    expect(due).toEqual([5, 4, 3]);
  });

  it('keeps the last frames that somebody was given, and no others unless told to', () => {
    const channel = new FrameChannel<Frame>(1, {}, 2);
    const kept = (seqs: number[]) => seqs.filter((seq) => channel.recent.at(seq) !== undefined);
    channel.settle(1, { seq: 1 });
    channel.settle(2, { seq: 2 });
    expect(kept([1, 2])).toEqual([]);
    const { stop } = listen(channel, 1);
    channel.settle(3, { seq: 3 });
    stop();
    for (let tick = 4; tick < 9; tick++) channel.settle(tick, { seq: tick });
    expect(kept([1, 2, 3, 4, 5, 6, 7, 8])).toEqual([2, 3]);
    channel.keepsAll = true;
    channel.settle(9, { seq: 9 });
    expect(kept([2, 3, 8, 9])).toEqual([3, 9]);
  });

  it('counts its subscribers, and keeps nothing of those that are gone', () => {
    const channel = new FrameChannel<Frame>(1);
    const listeners = [1, 1, 7].map((ticks) => listen(channel, ticks));
    expect(channel.subscribers).toBe(3);
    for (const { stop } of listeners) stop();
    expect(channel.subscribers).toBe(0);
  });

  it('agrees with a plain model for any cadences, changes and lateness', () => {
    const step = fc.record({ isSettled: fc.boolean(), hasChanged: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 4 }),
        (steps, cadences) => {
          const channel = new FrameChannel<Frame>(1000);
          const clients = cadences.map((ticks) => ({
            ticks,
            served: 0,
            expected: [] as number[],
            ...listen(channel, ticks),
          }));
          let latest = 0;
          for (const [i, { isSettled, hasChanged }] of steps.entries()) {
            const tick = i + 1;
            const isDue = channel.isDue(tick);
            const due = clients.filter(
              ({ ticks, served, expected }) =>
                expected.length === 0 || Math.floor(tick / ticks) > Math.floor(served / ticks),
            );
            if (latest > 0) expect(isDue).toBe(due.length > 0);
            if (!isSettled) continue;
            if (hasChanged) latest = tick;
            channel.settle(tick, hasChanged ? { seq: tick } : undefined);
            if (latest === 0) continue;
            // Clients of one cadence are one group, served together.
            for (const client of due) {
              client.served = tick;
              if (client.expected.at(-1) !== latest) client.expected.push(latest);
            }
          }
          for (const { heard, expected } of clients) expect(heard).toEqual(expected);
        },
      ),
    );
  });

  it('serves everyone when ticks begin anew, and goes on by the new count', () => {
    const channel = new FrameChannel<Frame>(1);
    const { heard } = listen(channel, 5);
    channel.settle(1000, { seq: 1 });
    expect(channel.isDue(3)).toBe(true);
    channel.settle(3, { seq: 2 });
    expect(heard).toEqual([1, 2]);
    channel.settle(4, { seq: 3 });
    expect(heard).toEqual([1, 2]);
    channel.settle(5, undefined);
    expect(heard).toEqual([1, 2, 3]);
  });

  it('can be settled for all at once, whatever their cadence', () => {
    const channel = new FrameChannel<Frame>(1);
    const [fast, slow] = [listen(channel, 1), listen(channel, 60)];
    channel.settle(1, { seq: 1 });
    channel.settleForAll({ seq: 2 });
    expect([fast.heard, slow.heard]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('is due at every tick and wants every form while it is relayed', () => {
    const channel = new FrameChannel<Frame>(100);
    channel.settle(1, { seq: 1 });
    expect([channel.isDue(2), channel.wants('deflated')]).toEqual([false, false]);
    channel.isRelayed = true;
    expect([channel.isDue(3), channel.wants('deflated')]).toEqual([true, true]);
    expect(channel.subscribers).toBe(0);
  });
});
