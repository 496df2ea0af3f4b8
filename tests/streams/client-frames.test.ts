import { Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { clientFrames, type Wish } from '../../src/streams/client-frames.ts';
import { FrameChannel } from '../../src/streams/frame-channel.ts';

interface Frame {
  readonly name: string;
}

const wish = (symbol: string, everyTicks: number): Wish => ({ symbol, everyTicks });

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
      expectObservable(clientFrames(wishes, (symbol) => channels.get(symbol)!)).toBe('---a---b---c-c-d---e', seen);
    });
  });

  it('leave nothing behind when the client is gone', () => {
    const channel = new FrameChannel<Frame>(1);
    const wishes = new Subject<Wish>();
    const subscription = clientFrames(wishes, () => channel).subscribe();
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
    const subscription = clientFrames(wishes, () => channel).subscribe(({ name }) => {
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
      clientFrames(wishes, () => channel).subscribe({
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
});
