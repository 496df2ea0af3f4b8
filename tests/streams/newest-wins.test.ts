import fc from 'fast-check';
import { map, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { newestWins } from '../../src/streams/newest-wins.ts';

/** Frames are written as their key in letters and a number: the marble `a` is frame 1 of key A. */
const frames = { a: 'A1', b: 'A2', c: 'A3', x: 'B1', y: 'B2', p: 'C1' };
const keyOf = (frame: string) => frame[0]!;
const none = new Subject<string>();

function check(marbles: {
  frames: string;
  credit: string;
  out: string;
  initialCredit?: number;
  capacity?: number;
  forgotten?: string;
  dropped: string[];
}) {
  const dropped: string[] = [];
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(
    ({ cold, hot, expectObservable, flush }) => {
      let credit = marbles.initialCredit ?? 1;
      const options = {
        keyOf,
        capacity: marbles.capacity ?? 5,
        takeRoom: () => credit > 0 && credit-- > 0,
        onWaiting: () => {},
        onDropped: (frame: string) => dropped.push(frame),
      };
      const room = hot(marbles.credit, { 1: 1, 2: 2 }).pipe(
        map((more) => {
          credit += more;
        }),
      );
      const forgotten = hot(marbles.forgotten ?? '-', { A: 'A', B: 'B' });
      expectObservable(cold(marbles.frames, frames).pipe(newestWins(options, room, forgotten))).toBe(
        marbles.out,
        frames,
      );
      flush();
    },
  );
  expect(dropped).toEqual(marbles.dropped);
}

describe('newestWins', () => {
  it('passes frames on while there is credit', () => {
    check({ frames: 'a-b-c', credit: '-1-1-', out: '    a-b-c', dropped: [] });
  });

  it('keeps the newest of a key waiting and lets it go with the next credit', () => {
    check({ frames: 'a-bc-', credit: '----1', out: '    a---c', dropped: ['A2'] });
  });

  it('lets the key that has waited longest go first', () => {
    check({ frames: 'a-b-x-y-', credit: '-------(11)', out: '  a------(by)', dropped: ['B1'] });
  });

  it('drops the oldest waiting frame when more keys wait than may, never the newest', () => {
    check({ frames: 'a-b-x-p-', credit: '--------2', out: '    a-------(xp)', capacity: 2, dropped: ['A2'] });
  });

  it('forgets the frame of a key that is no longer wanted, without counting it', () => {
    check({ frames: 'a-bx---', credit: '-----1-', forgotten: '----A--', out: 'a----x-', dropped: [] });
  });

  it('ends with its source', () => {
    check({ frames: 'a-b-|', credit: '-1---', out: 'a-b-|', dropped: [] });
  });

  it('delivers, drops or keeps every frame exactly once, in order, with the newest of each key never lost', () => {
    const steps = fc.array(
      fc.oneof(
        {
          weight: 3,
          arbitrary: fc.record({ type: fc.constant('frame' as const), key: fc.constantFrom('A', 'B', 'C', 'D') }),
        },
        {
          weight: 1,
          arbitrary: fc.record({ type: fc.constant('credit' as const), more: fc.integer({ min: 1, max: 3 }) }),
        },
      ),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 4 }), fc.nat({ max: 3 }), (program, capacity, initialCredit) => {
        const source = new Subject<{ key: string; number: number }>();
        const room = new Subject<void>();
        let credit = initialCredit;
        const give = (more: number) => {
          credit += more;
          room.next();
        };
        const delivered: { key: string; number: number }[] = [];
        const dropped: { key: string; number: number }[] = [];
        const options = {
          keyOf: (frame: { key: string; number: number }) => frame.key,
          capacity,
          takeRoom: () => credit > 0 && credit-- > 0,
          onWaiting: () => {},
          onDropped: (frame: { key: string; number: number }) => dropped.push(frame),
        };
        source.pipe(newestWins(options, room, none)).subscribe((frame) => delivered.push(frame));
        let received = 0;
        let given = initialCredit;
        const newest = new Map<string, number>();
        for (const step of program) {
          if (step.type === 'frame') {
            newest.set(step.key, ++received);
            source.next({ key: step.key, number: received });
          } else {
            given += step.more;
            give(step.more);
          }
          const settled = [...delivered, ...dropped].map(({ number }) => number);
          expect(new Set(settled).size).toBe(settled.length);
          expect(delivered.length).toBeLessThanOrEqual(given);
          expect(received - settled.length).toBeLessThanOrEqual(capacity);
          if (delivered.length < given) expect(received).toBe(settled.length);
        }
        // Credit without end brings out all that waits: the newest of each key, unless capacity pushed it out.
        give(1000);
        expect(delivered.length + dropped.length).toBe(received);
        for (const key of newest.keys()) {
          const numbers = delivered.filter((frame) => frame.key === key).map(({ number }) => number);
          expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
          if (capacity >= newest.size) expect(numbers.at(-1)).toBe(newest.get(key));
        }
      }),
    );
  });
});
