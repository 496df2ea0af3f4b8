import fc from 'fast-check';
import { map, Observable, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { type FrameTaker, NewestWins, type NewestWinsOptions } from '../../src/streams/newest-wins.ts';

/** Frames are written as their key in letters and a number: the marble `a` is frame 1 of key A. */
const frames = { a: 'A1', b: 'A2', c: 'A3', x: 'B1', y: 'B2', p: 'C1' };
const keyOf = (frame: string) => frame[0]!;
const numberOf = ({ number }: { number: number }) => number;

/** As an operator, so that marbles can tell its story. */
const newestWins =
  <F>(
    options: NewestWinsOptions<F> & Omit<FrameTaker<F>, 'give'>,
    room: Observable<unknown>,
    forgotten: Observable<string>,
  ) =>
  (source: Observable<F>) =>
    new Observable<F>((subscriber) => {
      const newest = new NewestWins(options, { ...options, give: (frame) => subscriber.next(frame) });
      subscriber.add(room.subscribe(() => newest.release()));
      subscriber.add(forgotten.subscribe((key) => newest.forget(key)));
      subscriber.add(source.subscribe({ next: (frame) => newest.next(frame), complete: () => subscriber.complete() }));
    });

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
        waits: () => {},
        dropped: (frame: string) => dropped.push(frame),
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

describe('newest wins', () => {
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
        {
          weight: 1,
          arbitrary: fc.record({ type: fc.constant('forget' as const), key: fc.constantFrom('A', 'B', 'C', 'D') }),
        },
      ),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 4 }), fc.nat({ max: 3 }), (program, capacity, initialCredit) => {
        const source = new Subject<{ key: string; number: number }>();
        const room = new Subject<void>();
        const forgotten = new Subject<string>();
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
          waits: () => {},
          dropped: (frame: { key: string; number: number }) => dropped.push(frame),
        };
        source.pipe(newestWins(options, room, forgotten)).subscribe((frame) => delivered.push(frame));
        let received = 0;
        let given = initialCredit;
        const newest = new Map<string, number>();
        /** What waited when its key was forgotten: that of the key which was neither delivered nor dropped before. */
        const discarded = new Set<number>();
        for (const step of program) {
          if (step.type === 'frame') {
            newest.set(step.key, ++received);
            source.next({ key: step.key, number: received });
          } else if (step.type === 'credit') {
            given += step.more;
            give(step.more);
          } else {
            const last = newest.get(step.key);
            if (last !== undefined && ![...delivered, ...dropped].map(numberOf).includes(last)) {
              discarded.add(last);
            }
            forgotten.next(step.key);
          }
          const settled = [...delivered.map(numberOf), ...dropped.map(numberOf), ...discarded];
          expect(new Set(settled).size).toBe(settled.length);
          expect(delivered.length).toBeLessThanOrEqual(given);
          expect(received - settled.length).toBeLessThanOrEqual(capacity);
          if (delivered.length < given) expect(received).toBe(settled.length);
        }
        // Credit without end brings out all that waits: the newest of each key, unless capacity pushed it out.
        give(1000);
        expect(delivered.length + dropped.length + discarded.size).toBe(received);
        for (const key of newest.keys()) {
          const numbers = delivered.filter((frame) => frame.key === key).map(numberOf);
          expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
          if (capacity >= newest.size && !discarded.has(newest.get(key)!)) expect(numbers.at(-1)).toBe(newest.get(key));
        }
      }),
    );
  });
});
