import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NewsQueue } from '../../src/streams/news-queue.ts';

interface Piece {
  readonly number: number;
  readonly count: number;
}

function stage(capacity: number, room: number) {
  const client = { room };
  const given: { number: number; missed: number }[] = [];
  const lost: number[] = [];
  const queue = new NewsQueue<Piece>(capacity, {
    takeRoom: () => client.room > 0 && client.room-- > 0,
    giveNews: ({ number }, missed) => given.push({ number, missed }),
    newsLost: ({ number }) => lost.push(number),
  });
  return { client, given, lost, queue };
}

const piece = (number: number, count = 1): Piece => ({ number, count });

describe('a queue of news', () => {
  it('passes on what there is room for, and lets nothing overtake what waits', () => {
    const { queue, client, given } = stage(3, 1);
    for (const number of [1, 2]) queue.next(piece(number));
    client.room = 1;
    queue.next(piece(3));
    expect(given.map(({ number }) => number)).toEqual([1]);
    client.room = 2;
    queue.release();
    expect(given.map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  it('drops the oldest when more wait than may, and says with the next how many entries that was', () => {
    const { queue, client, given, lost } = stage(2, 0);
    for (const number of [1, 2, 3, 4]) queue.next(piece(number, 10 * number));
    client.room = 1;
    queue.release();
    client.room = 1;
    queue.release();
    expect(given).toEqual([
      { number: 3, missed: 30 },
      { number: 4, missed: 0 },
    ]);
    expect(lost).toEqual([1, 2]);
  });

  it('holds never more than it may; and what is given, told as missed and still waiting is all, in its order', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ type: fc.constant('news' as const), count: fc.nat({ max: 5 }) }),
        fc.record({ type: fc.constant('room' as const), more: fc.integer({ min: 1, max: 3 }) }),
      ),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 4 }), fc.nat({ max: 3 }), (program, capacity, room) => {
        const { queue, client, given, lost } = stage(capacity, room);
        const all: Piece[] = [];
        let allRoom = room;
        for (const step of program) {
          if (step.type === 'news') {
            all.push(piece(all.length + 1, step.count));
            queue.next(all.at(-1)!);
          } else {
            allRoom += step.more;
            client.room += step.more;
            queue.release();
          }
          const waiting = all.length - given.length - lost.length;
          expect(waiting).toBeGreaterThanOrEqual(0);
          expect(waiting).toBeLessThanOrEqual(capacity);
          expect(given.length).toBeLessThanOrEqual(allRoom);
          if (given.length < allRoom) expect(waiting).toBe(0);
        }
        client.room = all.length;
        queue.release();
        expect(given.length + lost.length).toBe(all.length);
        // Between one that was given and the one given before it lie exactly those that it tells of.
        let before = 0;
        for (const { number, missed } of given) {
          expect(number).toBeGreaterThan(before);
          const between = all.slice(before, number - 1);
          expect(missed).toBe(between.reduce((sum, { count }) => sum + count, 0));
          expect(between.every((each) => lost.includes(each.number))).toBe(true);
          before = number;
        }
        expect(before).toBe(all.length);
      }),
    );
  });
});
