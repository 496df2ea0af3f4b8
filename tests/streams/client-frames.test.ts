import { type Observable, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { type ClientSignal, clientFrames, roomAgain, type Wish } from '../../src/streams/client-frames.ts';
import { FrameChannel, type FrameForm } from '../../src/streams/frame-channel.ts';
import type { ClientRoom } from '../../src/streams/newest-wins.ts';

interface Frame {
  readonly name: string;
}

const wish = (symbol: string, everyTicks: number): Wish => ({ symbol, everyTicks });

const allRoom = { takeRoom: () => true, waits() {}, dropped() {} };
const framesOf = (
  signals: Observable<ClientSignal>,
  channelOf: (symbol: string) => FrameChannel<Frame>,
  room: ClientRoom<Frame> = allRoom,
  form: FrameForm = 'plain',
) => clientFrames(signals, form, { channelOf, keyOf: ({ name }) => name[0]!, capacity: 5 }, room);

describe('a client’s frames', () => {
  it('follow its wishes: merged over symbols, replaced by a new wish, ended by a wish for nothing', () => {
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ hot, expectObservable }) => {
      const channels = new Map([
        ['A', new FrameChannel<Frame>(1000)],
        ['B', new FrameChannel<Frame>(1000)],
      ]);
      let tick = 0;
      // Each marble is a frame of the symbol it begins with, one tick each.
      const pictures = { a: 'A1', b: 'B1', c: 'A2', d: 'B2', e: 'A3', f: 'B3' };
      hot('---a---b---c---d---e---f', pictures).subscribe((name) => {
        tick++;
        for (const [symbol, channel] of channels) channel.settle(tick, name.startsWith(symbol) ? { name } : undefined);
      });
      const wishes = hot('pq-----------r---s', { p: wish('A', 1), q: wish('B', 1), r: wish('A', 1), s: wish('B', 0) });
      const seen = { a: { name: 'A1' }, b: { name: 'B1' }, c: { name: 'A2' }, d: { name: 'B2' }, e: { name: 'A3' } };
      expectObservable(framesOf(wishes, (symbol) => channels.get(symbol)!)).toBe('---a---b---c-c-d---e', seen);
    });
  });

  it('leave nothing behind when the client is gone', () => {
    const channel = new FrameChannel<Frame>(1);
    const wishes = new Subject<Wish>();
    const subscription = framesOf(wishes, () => channel).subscribe();
    wishes.next(wish('A', 1));
    wishes.next(wish('B', 5));
    wishes.next(wish('A', 2));
    expect(channel.subscribers).toBe(2);
    subscription.unsubscribe();
    expect(channel.subscribers).toBe(0);
    expect(wishes.observed).toBe(false);
  });

  it('leave nothing behind when the client goes while it is given the frame a wish begins with', () => {
    const channel = new FrameChannel<Frame>(1);
    channel.settle(1, { name: 'A1' });
    const wishes = new Subject<Wish>();
    const seen: string[] = [];
    const subscription = framesOf(wishes, () => channel).subscribe(({ name }) => {
      seen.push(name);
      subscription.unsubscribe();
    });
    wishes.next(wish('A', 1));
    expect(seen).toEqual(['A1']);
    expect(channel.subscribers).toBe(0);
  });

  it('end and fail with the wishes, and leave nothing behind then either', () => {
    for (const end of ['complete', 'error'] as const) {
      const channel = new FrameChannel<Frame>(1);
      const wishes = new Subject<Wish>();
      const ends: string[] = [];
      framesOf(wishes, () => channel).subscribe({
        complete: () => ends.push('complete'),
        error: () => ends.push('error'),
      });
      wishes.next(wish('A', 1));
      if (end === 'complete') wishes.complete();
      else wishes.error(new Error('the wishes failed'));
      expect(ends).toEqual([end]);
      expect(channel.subscribers).toBe(0);
    }
  });

  it('wait for room, the newest of each symbol, and are forgotten with the wish', () => {
    const channels = new Map(['A', 'B'].map((symbol) => [symbol, new FrameChannel<Frame>(1)]));
    const signals = new Subject<ClientSignal>();
    const seen: string[] = [];
    const dropped: string[] = [];
    let room = 1;
    const takeRoom = () => room > 0 && room-- > 0;
    framesOf(signals, (symbol) => channels.get(symbol)!, {
      takeRoom,
      waits() {},
      dropped: ({ name }) => dropped.push(name),
    }).subscribe(({ name }) => seen.push(name));
    signals.next(wish('A', 1));
    signals.next(wish('B', 1));
    for (const [tick, name] of ['A1', 'A2', 'B1', 'A3'].entries()) channels.get(name[0]!)!.settle(tick + 1, { name });
    expect([seen, dropped]).toEqual([['A1'], ['A2']]);
    signals.next(wish('B', 0));
    room = 2;
    signals.next(roomAgain);
    expect([seen, dropped]).toEqual([['A1', 'A3'], ['A2']]);
  });

  it('tell the channel in which form they are taken', () => {
    const channel = new FrameChannel<Frame>(1);
    const signals = new Subject<ClientSignal>();
    const subscription = framesOf(signals, () => channel, allRoom, 'deflated').subscribe();
    signals.next(wish('A', 1));
    expect([channel.subscribers, channel.subscribersOf('deflated'), channel.subscribersOf('plain')]).toEqual([1, 1, 0]);
    subscription.unsubscribe();
    expect(channel.subscribersOf('deflated')).toBe(0);
  });
});
